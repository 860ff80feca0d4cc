// The numbers of the fence that is drawn: the way to draw without a pointer, and to be exact.
import { useTranslation } from "react-i18next";

import type { LngLat } from "../../shared/map/datum";
import { Button, Fault, Field, Note, ui } from "../../shared/ui";
import { refusalOf } from "../../shared/verb";
import { otherwise, shapeInput, withCorner, withNewCorner, withoutCorner, type Draft, type Shape } from "./draft";
import css from "./customers.module.css";
import type { Save } from "./fences";
import { Trial } from "./trial";

interface DraftFormProps {
  customer: string;
  draft: Draft;
  onChange: (draft: Draft) => void;
  save: Save;
  onSave: () => void;
  onCancel: () => void;
}

export function DraftForm({ customer, draft, onChange, save, onSave, onCancel }: DraftFormProps) {
  const { t } = useTranslation(["customers", "shared"]);
  const { shape } = draft;
  const change = (shape: Shape) => onChange({ ...draft, shape });
  const fault = refusalOf(save.refusals, "shape");
  const trial = otherwise(customer, draft);
  return (
    <form
      className={css.facts}
      onSubmit={(event) => {
        event.preventDefault();
        onSave();
      }}
    >
      <Note>{t(shape.kind === "circle" ? "circleHelp" : "polygonHelp")}</Note>
      {draft.fence === null && (
        <Field label={t("fenceName")} fault={refusalOf(save.refusals, "name")}>
          {(control) => (
            <input
              {...control}
              value={draft.name}
              onChange={(event) => onChange({ ...draft, name: event.target.value })}
            />
          )}
        </Field>
      )}
      {shape.kind === "circle" ? (
        <CircleNumbers shape={shape} onChange={change} />
      ) : (
        <Corners shape={shape} onChange={change} />
      )}
      {fault !== undefined && (
        <p className={ui.fieldFault} role="alert">
          {fault} {save.faultAt && t("faultHere")}
        </p>
      )}
      {save.error && <Fault error={save.error} />}
      {trial && <Trial key={JSON.stringify(trial)} otherwise={trial} />}
      <div className={ui.actions}>
        <Button look="primary" type="submit" disabled={save.isRunning || !shapeInput(shape)}>
          {t("shared:save")}
        </Button>
        <Button onClick={onCancel}>{t("shared:cancel")}</Button>
      </div>
    </form>
  );
}

function CircleNumbers(props: {
  shape: Shape & { kind: "circle" };
  onChange: (shape: Shape) => void;
}) {
  const { t } = useTranslation("customers");
  const { shape, onChange } = props;
  return (
    <div className={css.numbers}>
      <PlaceNumbers
        point={shape.centre}
        onChange={(centre) => onChange({ ...shape, centre })}
      />
      <NumberField
        label={t("radius")}
        value={shape.radiusM}
        onChange={(radiusM) => onChange({ ...shape, radiusM })}
      />
    </div>
  );
}

function Corners(props: { shape: Shape & { kind: "polygon" }; onChange: (shape: Shape) => void }) {
  const { t } = useTranslation("customers");
  const { shape, onChange } = props;
  const { corners } = shape;
  return (
    <details>
      <summary>{t("corners", { count: corners.length })}</summary>
      <ol className={css.corners}>
        {corners.map((corner, at) => (
          <li key={at} className={css.numbers}>
            <PlaceNumbers
              name={t("corner", { number: at + 1 })}
              point={corner}
              onChange={(corner) => onChange(withCorner(shape, at, corner))}
            />
            <Button
              aria-label={t("removeCorner", { number: at + 1 })}
              onClick={() => onChange(withoutCorner(shape, at))}
            >
              ×
            </Button>
          </li>
        ))}
      </ol>
      <Button
        aria-label={t("corner", { number: corners.length + 1 })}
        onClick={() => onChange(withNewCorner(shape, corners.length, corners.at(-1) ?? [0, 0]))}
      >
        +
      </Button>
    </details>
  );
}

function PlaceNumbers(props: {
  name?: string;
  point: LngLat | null;
  onChange: (point: LngLat) => void;
}) {
  const { t } = useTranslation("customers");
  const [longitude, latitude] = props.point ?? [null, null];
  const name = props.name ? `${props.name}: ` : "";
  return (
    <>
      <NumberField
        label={name + t("latitude")}
        value={latitude}
        onChange={(latitude) => props.onChange([longitude ?? 0, latitude])}
      />
      <NumberField
        label={name + t("longitude")}
        value={longitude}
        onChange={(longitude) => props.onChange([longitude, latitude ?? 0])}
      />
    </>
  );
}

function NumberField(props: {
  label: string;
  value: number | null;
  onChange: (value: number) => void;
}) {
  // Seven decimals of a degree are a centimetre.
  const shown = props.value === null ? "" : String(Number(props.value.toFixed(7)));
  return (
    <Field label={props.label}>
      {(control) => (
        <input
          {...control}
          type="number"
          step="any"
          value={shown}
          onChange={(event) => {
            const value = event.target.valueAsNumber;
            if (!Number.isNaN(value)) props.onChange(value);
          }}
        />
      )}
    </Field>
  );
}

// The customer's geofences: seen on the map, drawn, changed, retired.
import type { Map as MapLibre } from "maplibre-gl";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import {
  DrawFenceDocument,
  EditFenceDocument,
  RetireFenceDocument,
  type CustomerFenceFragment,
} from "../../graphql";
import { MapView } from "../../shared/map";
import { circlePolygon } from "../../shared/map/circle";
import { boundsOf, cornersOf, outlineOf } from "../../shared/map/shape";
import { placingOf } from "../../shared/map/tiles";
import { useSignedIn, useWriting } from "../../shared/session/context";
import { Button, Card, Dialog, Empty, ui } from "../../shared/ui";
import { Fault } from "../../shared/ui/fault";
import { useVerb } from "../../shared/verb";
import { draftOf, newCircle, newPolygon, shapeInput, type Draft } from "./draft";
import { DraftForm } from "./draft-form";
import { addDrawing, letDraw, showDraft, showFault } from "./draw";
import css from "./customers.module.css";
import { addFences, showCustomer } from "./shown";
import { Trial } from "./trial";

interface FencesProps {
  customer: string;
  position: { latitude: number; longitude: number } | null;
  fences: CustomerFenceFragment[];
  onChanged: () => void;
}

export function Fences({ customer, position, fences, onChanged }: FencesProps) {
  const { t } = useTranslation(["customers", "shared"]);
  const { company } = useSignedIn();
  const place = useMemo(() => placingOf(company), [company]);
  const [map, setMap] = useState<MapLibre | null>(null);
  const [draft, setDraft] = useState<Draft | null>(null);
  const [retiring, setRetiring] = useState<string | null>(null);
  const save = useSave(customer);
  const bounds = useMemo(() => {
    const outlines = fences.map((fence) => outlineOf(fence.current?.geojson, place));
    const around = position && circlePolygon([position.longitude, position.latitude], 150);
    const all = [...outlines, around && place.geometryToMap(around)];
    return boundsOf(all.flatMap((outline) => (outline ? cornersOf(outline) : [])));
  }, [fences, position, place]);

  const onReady = useCallback((map: MapLibre, dark: boolean) => {
    addFences(map, dark);
    addDrawing(map, dark);
    setMap(map);
    return () => setMap(null);
  }, []);
  useEffect(() => {
    if (map) showCustomer(map, fences.filter(({ id }) => id !== draft?.fence), position, place);
  }, [map, fences, draft?.fence, position, place]);
  useEffect(() => {
    if (map) showFault(map, draft ? save.faultAt : null, place);
  }, [map, draft, save.faultAt, place]);
  useDrawing(map, place, draft, setDraft);

  const submit = async () => {
    if (!draft || !(await save.run(draft))) return;
    setDraft(null);
    onChanged();
  };

  return (
    <Card
      title={t("fences")}
      actions={
        draft === null && (
          <>
            <Button onClick={() => setDraft(newCircle())}>{t("drawCircle")}</Button>
            <Button onClick={() => setDraft(newPolygon())}>{t("drawPolygon")}</Button>
          </>
        )
      }
    >
      <div className={css.map}>
        <MapView label={t("mapLabel")} bounds={bounds} onReady={onReady} />
      </div>
      {draft ? (
        <DraftForm
          customer={customer}
          draft={draft}
          onChange={setDraft}
          save={save}
          onSave={() => void submit()}
          onCancel={() => setDraft(null)}
        />
      ) : (
        <FenceList fences={fences} onEdit={setDraft} onRetire={setRetiring} />
      )}
      {retiring !== null && (
        <Retire id={retiring} onClose={() => setRetiring(null)} onDone={onChanged} />
      )}
    </Card>
  );
}

/** The map follows the draft, and the draft the map. */
function useDrawing(
  map: MapLibre | null,
  place: ReturnType<typeof placingOf>,
  draft: Draft | null,
  setDraft: (draft: Draft) => void,
): void {
  const current = useRef(draft);
  current.current = draft;
  useEffect(() => {
    if (map) showDraft(map, draft?.shape ?? null, place);
  }, [map, draft?.shape, place]);
  const isDrawing = draft !== null;
  useEffect(() => {
    if (!map || !isDrawing) return;
    return letDraw(
      map,
      place,
      () => current.current!.shape,
      (shape) => {
        current.current = { ...current.current!, shape };
        setDraft(current.current);
      },
    );
  }, [map, place, isDrawing, setDraft]);
}

export type Save = ReturnType<typeof useSave>;

/** Draws a new fence or changes one; the hub says what is wrong with the shape, and where. */
function useSave(customer: string) {
  const draw = useVerb(DrawFenceDocument);
  const edit = useVerb(EditFenceDocument);
  const [used, setUsed] = useState<"draw" | "edit">("draw");
  const verb = used === "draw" ? draw : edit;
  const run = async ({ fence, name, shape }: Draft): Promise<boolean> => {
    const input = shapeInput(shape);
    if (!input) return false;
    setUsed(fence === null ? "draw" : "edit");
    const done =
      fence === null
        ? await draw.run({ input: { customerId: customer, name: name.trim() || null, shape: input } })
        : await edit.run({ input: { id: fence, shape: input } });
    return done !== null;
  };
  const faultAt = verb.refusals.find(({ position }) => position)?.position ?? null;
  return { run, isRunning: verb.isRunning, refusals: verb.refusals, error: verb.error, faultAt };
}

interface FenceListProps {
  fences: CustomerFenceFragment[];
  onEdit: (draft: Draft) => void;
  onRetire: (id: string) => void;
}

function FenceList({ fences, onEdit, onRetire }: FenceListProps) {
  const { t } = useTranslation(["customers", "shared"]);
  const writing = useWriting();
  if (fences.length === 0) return <Empty>{t("noFence")}</Empty>;
  return (
    <ul className={css.rows}>
      {fences.map((fence, i) => {
        const { current } = fence;
        const draft = draftOf(fence);
        return (
          <li key={fence.id}>
            <span>
              <b>
                <bdi>{fence.name ?? t("fenceOf", { number: i + 1 })}</bdi>
              </b>
              {current && (
                <span className={css.quiet}>
                  {" "}
                  {current.circle
                    ? t("circle", { radius: writing.metres(current.circle.radiusM) })
                    : t("polygon", { area: writing.number(current.areaM2) })}
                  {", "}
                  {t("version", { version: current.version, since: writing.day(current.validFrom) })}
                </span>
              )}
            </span>
            <span className={ui.actions}>
              {draft && <Button onClick={() => onEdit(draft)}>{t("edit")}</Button>}
              <Button look="danger" onClick={() => onRetire(fence.id)}>
                {t("retire")}
              </Button>
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function Retire(props: { id: string; onClose: () => void; onDone: () => void }) {
  const { t } = useTranslation(["customers", "shared"]);
  const retire = useVerb(RetireFenceDocument);
  const go = async () => {
    if (!(await retire.run({ id: props.id }))) return;
    props.onClose();
    props.onDone();
  };
  return (
    <Dialog title={t("retire")} onClose={props.onClose}>
      <p>{t("retireAsk")}</p>
      <Trial otherwise={{ retire: [props.id] }} />
      {retire.error && <Fault error={retire.error} />}
      {retire.refusals.map(({ message }) => (
        <p key={message} className={ui.fieldFault} role="alert">
          {message}
        </p>
      ))}
      <div className={ui.actions}>
        <Button look="danger" disabled={retire.isRunning} onClick={() => void go()}>
          {t("retire")}
        </Button>
        <Button onClick={props.onClose}>{t("shared:cancel")}</Button>
      </div>
    </Dialog>
  );
}

// The few parts that every page is built of. They are the browser's own controls, dressed alike.
import {
  useEffect,
  useId,
  useRef,
  type ButtonHTMLAttributes,
  type ComponentProps,
  type ReactNode,
} from "react";
import { useTranslation } from "react-i18next";

import css from "./ui.module.css";

export { css as ui };
export { Fault } from "./fault";

export type Tone = "good" | "warn" | "bad" | "accent" | "quiet";

const classes = (...names: (string | undefined | false)[]) => names.filter(Boolean).join(" ");

/** A page of the app: its title becomes the tab's. */
export function Page(props: { title: string; actions?: ReactNode; children: ReactNode }) {
  useEffect(() => {
    document.title = `${props.title} · Fieldhub`;
  }, [props.title]);
  return (
    <div className={css.page}>
      <div className={css.head}>
        <h1>
          <bdi>{props.title}</bdi>
        </h1>
        <div className={css.actions}>{props.actions}</div>
      </div>
      {props.children}
    </div>
  );
}

export function Card(props: { title?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  const heading = useId();
  return (
    <section className={css.card} aria-labelledby={props.title ? heading : undefined}>
      {props.title && (
        <div className={css.head}>
          <h2 id={heading}>{props.title}</h2>
          <div className={css.actions}>{props.actions}</div>
        </div>
      )}
      {props.children}
    </section>
  );
}

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: "primary" | "danger" | "plain";
}

export function Button({ look, className, ...rest }: ButtonProps) {
  return (
    <button type="button" className={classes(css.button, look && css[look], className)} {...rest} />
  );
}

interface FieldProps {
  label: string;
  fault?: string | undefined;
  /** Given the id, the description and whether it is at fault. */
  children: (control: {
    id: string;
    className: string;
    "aria-invalid": boolean;
    "aria-describedby": string | undefined;
  }) => ReactNode;
}

/** A labelled control, with the server's refusal below it. */
export function Field({ label, fault, children }: FieldProps) {
  const id = useId();
  const faultId = `${id}-fault`;
  return (
    <div className={css.field}>
      <label className={css.label} htmlFor={id}>
        {label}
      </label>
      {children({
        id,
        className: css.control ?? "",
        "aria-invalid": fault !== undefined,
        "aria-describedby": fault === undefined ? undefined : faultId,
      })}
      {fault !== undefined && (
        <span id={faultId} className={css.fieldFault}>
          {fault}
        </span>
      )}
    </div>
  );
}

/** A calendar day, `YYYY-MM-DD`; empty when none is chosen. */
export function DateField(props: {
  label: string;
  value: string;
  max?: string;
  required?: boolean;
  fault?: string | undefined;
  onChange: (day: string) => void;
}) {
  const { label, fault, onChange, ...input } = props;
  return (
    <Field label={label} fault={fault}>
      {(control) => (
        <input
          {...control}
          {...input}
          type="date"
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

/** One of several: a native select. */
export function Choice<Value extends string>(props: {
  label: string;
  value: Value;
  options: { value: Value; label: string }[];
  onChange: (value: Value) => void;
}) {
  return (
    <Field label={props.label}>
      {(control) => (
        <select
          {...control}
          value={props.value}
          onChange={(event) => props.onChange(event.target.value as Value)}
        >
          {props.options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

export function Badge({ tone = "quiet", children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span className={css.badge} data-tone={tone}>
      {children}
    </span>
  );
}

/** A table that scrolls sideways on its own where it is too wide. */
export function Table({ label, ...rest }: ComponentProps<"table"> & { label: string }) {
  return (
    <div className={css.scroll} tabIndex={0} role="region" aria-label={label}>
      <table className={css.table} {...rest} />
    </div>
  );
}

export function Loading() {
  const { t } = useTranslation();
  return (
    <p className={css.loading} role="status">
      {t("loading")}
    </p>
  );
}

export function Empty({ children }: { children?: ReactNode }) {
  const { t } = useTranslation();
  return <p className={css.empty}>{children ?? t("nothing")}</p>;
}

export function Note({ tone, children }: { tone?: "warning"; children: ReactNode }) {
  return <div className={classes(css.note, tone && css[tone])}>{children}</div>;
}

/** A modal question; Escape and the cancel button close it. */
export function Dialog(props: { title: string; onClose: () => void; children: ReactNode }) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog ref={element} className={css.dialog} aria-labelledby={heading} onClose={props.onClose}>
      <div className={css.dialogBody}>
        <h2 id={heading}>{props.title}</h2>
        {props.children}
      </div>
    </dialog>
  );
}

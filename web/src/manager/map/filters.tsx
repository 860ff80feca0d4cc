// What narrows the map and the list down.
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";

import { MapTeamsDocument, type PresenceState } from "../../graphql";
import { Choice, Field } from "../../shared/ui";
import type { MapChoice } from "./choice";
import type { Seen } from "./live";
import css from "./map.module.css";
import { countByState, STATES } from "./sifting";

interface FiltersProps {
  all: Seen[];
  choice: MapChoice;
  change: (change: Partial<MapChoice>) => void;
}

export function Filters({ all, choice, change }: FiltersProps) {
  const { t } = useTranslation(["map", "shared"]);
  const [{ data }] = useQuery({ query: MapTeamsDocument });
  const teams = data?.teams.nodes ?? [];
  return (
    <div className={css.filters}>
      <div className={css.pair}>
        <Field label={t("search")}>
          {(control) => (
            <input
              {...control}
              type="search"
              value={choice.text}
              onChange={(event) => change({ text: event.target.value })}
            />
          )}
        </Field>
        <Choice
          label={t("team")}
          value={choice.team ?? ""}
          options={[
            { value: "", label: t("allTeams") },
            ...teams.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={(team) => change({ team: team || null })}
        />
      </div>
      <StateChips all={all} states={choice.states} onChange={(states) => change({ states })} />
    </div>
  );
}

/** How many are in each state; pressing one shows those alone. */
function StateChips(props: {
  all: Seen[];
  states: PresenceState[];
  onChange: (states: PresenceState[]) => void;
}) {
  const { t } = useTranslation(["map", "shared"]);
  const counts = countByState(props.all);
  const toggle = (state: PresenceState) =>
    props.onChange(
      props.states.includes(state)
        ? props.states.filter((other) => other !== state)
        : [...props.states, state],
    );
  return (
    <div className={css.chips} role="group" aria-label={t("states")}>
      {STATES.filter((state) => counts.has(state) || props.states.includes(state)).map((state) => (
        <button
          key={state}
          type="button"
          className={css.chip}
          data-state={state}
          aria-pressed={props.states.includes(state)}
          onClick={() => toggle(state)}
        >
          <span className={css.mark} aria-hidden="true" />
          {t(`shared:state.${state}`)} <b>{counts.get(state) ?? 0}</b>
        </button>
      ))}
    </div>
  );
}

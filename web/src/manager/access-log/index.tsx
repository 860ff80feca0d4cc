// Who looked at whose position or track, when and what for.
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";

import { AccessLogDocument, AccessLogPeopleDocument } from "../../graphql";
import { useAddress } from "../../shared/address";
import { usePages } from "../../shared/pages";
import { useSignedIn } from "../../shared/session/context";
import { addDays } from "../../shared/time";
import { Choice, DateField, Note, Page, Table, ui } from "../../shared/ui";
import { More } from "../../shared/ui/more";
import css from "./access-log.module.css";

export function AccessLog() {
  const { t } = useTranslation("accessLog");
  const { viewer, writing } = useSignedIn();
  const [params, change] = useAddress();
  const [from, to, subject] = ["from", "to", "subject"].map((name) => params.get(name) ?? "");
  const choose = (name: string, value: string) => change({ [name]: value }, { replace: true });
  const variables = useMemo(
    () => ({
      filter: {
        ...(from || to
          ? {
              firstAt: {
                ...(from ? { gte: writing.startOf(from) } : {}),
                ...(to ? { lt: writing.startOf(addDays(to, 1)) } : {}),
              },
            }
          : {}),
        ...(subject ? { subjectId: { eq: subject } } : {}),
      },
    }),
    [from, to, subject, writing],
  );
  const pages = usePages(AccessLogDocument, variables, (data) => data.accessLog);
  return (
    <Page title={t("title")}>
      <Note>{t(viewer.role === "ADMIN" ? "whatForAll" : "whatFor")}</Note>
      <div className={css.filters}>
        {(["from", "to"] as const).map((name) => (
          <DateField
            key={name}
            label={t(name)}
            value={(name === "from" ? from : to) ?? ""}
            onChange={(day) => choose(name, day)}
          />
        ))}
        {viewer.role === "ADMIN" && (
          <SubjectChoice subject={subject ?? ""} onChange={(subject) => choose("subject", subject)} />
        )}
      </div>
      {pages.nodes.length > 0 && (
        <Table label={t("title")}>
          <thead>
            <tr>
              <th>{t("when")}</th>
              <th>{t("viewer")}</th>
              <th>{t("subject")}</th>
              <th>{t("purpose")}</th>
            </tr>
          </thead>
          <tbody>
            {pages.nodes.map((look) => (
              <tr key={look.id}>
                <td className={ui.nowrap}>{writing.dayAndTime(look.firstAt)}</td>
                <td>
                  <bdi>{look.viewerName}</bdi>
                </td>
                <td>
                  <bdi>{look.subject?.name}</bdi>
                </td>
                <td>
                  <bdi>{look.purpose}</bdi>
                </td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      <More pages={pages} nothing={t("nobody")} />
    </Page>
  );
}

function SubjectChoice(props: { subject: string; onChange: (subject: string) => void }) {
  const { t } = useTranslation("accessLog");
  const [{ data }] = useQuery({ query: AccessLogPeopleDocument });
  return (
    <Choice
      label={t("subject")}
      value={props.subject}
      options={[
        { value: "", label: t("everybody") },
        ...(data?.users.nodes ?? []).map(({ id, name }) => ({ value: id, label: name })),
      ]}
      onChange={props.onChange}
    />
  );
}

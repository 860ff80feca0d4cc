// What the hub refused, in the reader's language. The hub's own sentence is English and says more,
// so it is kept for readers of English and for codes that are not known here.
import type { RefusalFragment } from "../graphql";

const ZH: Record<string, string> = {
  ARCHIVED: "已归档,不能再更改。",
  CANCELLED: "已取消。",
  CLOSED: "该期间或记录已关闭。",
  CONTAINS_POLE: "围栏不能包含极点。",
  COORDINATE_OUT_OF_RANGE: "坐标超出范围。",
  CYCLE: "团队不能成为自己的上级。",
  EMPTY: "图形为空。",
  HOLE_CROSSES: "围栏的洞与边界相交。",
  HOLE_OUTSIDE: "围栏的洞在边界之外。",
  INVALID: "输入内容无效。",
  MALFORMED_GEOJSON: "GeoJSON 格式错误。",
  NOT_CLOSED: "边界没有闭合。",
  NOT_FOUND: "不存在,或不在您的权限范围内。",
  NOT_HELD: "该签到已被处理。",
  NOT_OUT_OF_RANGE: "该签到不在范围之外,无需认可。",
  NOT_STALLED: "该轨迹没有停滞。",
  OUT_OF_RANGE: "数值超出允许范围。",
  OVERLAPS: "与已有的时间段重叠。",
  OWN_ACCOUNT: "不能对自己的账号执行此操作。",
  OWN_DECISION: "不能认可自己的签到:请由其他有权限的人处理。",
  PARTS_OVERLAP: "围栏的各部分相互重叠。",
  PERIOD_FROZEN: "该期间已结算,不能再更改。",
  RADIUS_OUT_OF_RANGE: "半径超出允许范围。",
  REQUIRED: "此项必填。",
  RETIRED: "该围栏已停用。",
  SELF_INTERSECTION: "边界自相交。",
  TAKEN: "已被占用。",
  TOO_FEW_POINTS: "顶点太少。",
  TOO_LARGE: "围栏过大。",
  TOO_LONG: "内容过长。",
  TOO_MANY_VERTICES: "顶点太多。",
  TOO_SHORT: "内容过短。",
  WITHDRAWN: "该拜访已撤回。",
  WRONG_GEOJSON_TYPE: "不支持的 GeoJSON 类型。",
  ZERO_AREA: "围栏没有面积。",
};

export function inLanguage(refusal: RefusalFragment, language: string): RefusalFragment {
  const words = language.startsWith("zh") ? ZH[refusal.code] : undefined;
  return words ? { ...refusal, message: words } : refusal;
}

// The words around every page.
export const en = {
  skip: "Skip to the content",
  places: "Pages",
  map: "Live map",
  customers: "Customers",
  rankings: "Rankings",
  training: "Training",
  review: "Review",
  accessLog: "Access log",
  webhooks: "Webhooks",
  zone: "Times in {{zone}}",
  role: { ADMIN: "Administrator", MANAGER: "Manager", REP: "Rep" },
};

export const zh: typeof en = {
  skip: "跳到正文",
  places: "页面",
  map: "实时地图",
  customers: "客户",
  rankings: "排名",
  training: "培训",
  review: "待审核",
  accessLog: "查看记录",
  webhooks: "事件推送",
  zone: "时区:{{zone}}",
  role: { ADMIN: "管理员", MANAGER: "经理", REP: "业务员" },
};

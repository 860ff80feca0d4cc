// The words of this page.
export const en = {
  title: "Live map",
};

export const zh: typeof en = {
  title: "实时地图",
};

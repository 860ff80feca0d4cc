// The words of this page.
export const en = {
  title: "Rankings",
};

export const zh: typeof en = {
  title: "排名",
};

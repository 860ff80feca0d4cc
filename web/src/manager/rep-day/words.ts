// The words of this page.
export const en = {
  title: "A rep's day",
};

export const zh: typeof en = {
  title: "业务员的一天",
};

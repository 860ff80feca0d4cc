// The words of this page.
export const en = {
  title: "Access log",
};

export const zh: typeof en = {
  title: "查看记录",
};

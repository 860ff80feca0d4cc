// The words of this page.
export const en = {
  title: "Review",
};

export const zh: typeof en = {
  title: "待审核",
};

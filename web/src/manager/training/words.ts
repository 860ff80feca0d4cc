// The words of this page.
export const en = {
  title: "Training",
};

export const zh: typeof en = {
  title: "培训",
};

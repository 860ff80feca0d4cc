// The words of the rep's pocket page.
export const en = {
  title: "Today",
};

export const zh: typeof en = {
  title: "今天",
};

// The words of this page.
export const en = {
  title: "Customers",
};

export const zh: typeof en = {
  title: "客户",
};

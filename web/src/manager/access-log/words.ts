// The words of this page.
export const en = {
  title: "Access log",
  whatFor:
    "Each look at somebody else's position or track is written down, once an hour and purpose. Here are the looks at yours.",
  whatForAll:
    "Each look at somebody else's position or track is written down, once an hour and purpose. Everybody can read the looks at themselves; you see all.",
  from: "From",
  to: "To",
  when: "First look",
  viewer: "Who looked",
  subject: "At whom",
  purpose: "What for",
  everybody: "Everybody",
  nobody: "Nobody has looked.",
};

export const zh: typeof en = {
  title: "查看记录",
  whatFor: "每次查看他人的位置或轨迹都会留下记录(每小时、每种用途一条)。以下是他人查看您位置的记录。",
  whatForAll: "每次查看他人的位置或轨迹都会留下记录(每小时、每种用途一条)。每个人都能看到自己被查看的记录;您可查看全部。",
  from: "从",
  to: "到",
  when: "首次查看",
  viewer: "查看人",
  subject: "被查看人",
  purpose: "用途",
  everybody: "所有人",
  nobody: "还没有人查看。",
};

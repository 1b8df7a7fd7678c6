// Questions on the starter documents, in both languages whatever the interface speaks: the answers cross over.

export const EXAMPLES = [
  "What is Kling's share of revenue from professional creators?",
  "可灵AI 2025年全年收入预计是多少?",
  "How many enterprise customers does Kling have?",
  "快手2024年的研发投入有多少?",
];

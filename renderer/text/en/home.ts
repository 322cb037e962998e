export const home = {
  title: 'Home',
  headline: 'A development OpenStack cloud on your own computer',
  lead: 'One click makes a virtual machine, installs OpenStack in it and hands you the addresses, passwords and a terminal.',
  hint: 'Everything is chosen for this computer. You can change it on the next page, or not.',
  checks: 'This computer',
  checking: 'Checking this computer…',
  allGood: 'Ready for clouds',
  problems_one: '{{count}} problem to solve first',
  problems_other: '{{count}} problems to solve first',
  warnings_one: 'Works, with {{count}} thing to know',
  warnings_other: 'Works, with {{count}} things to know',
} as const;

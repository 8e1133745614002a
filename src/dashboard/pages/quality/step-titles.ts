/** What a step of a night has done with rows. */
export const STEP_TITLES: Readonly<Record<string, string>> = {
  receive: 'Received',
  collect: 'Collected',
  crunch: 'Crunched',
  mirror: 'Mirrored',
  pull: 'Pulled',
  load: 'Loaded',
}

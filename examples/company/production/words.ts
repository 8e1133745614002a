/**
 * What people type into a task list app: most of it plain, some of it what breaks a careless CSV
 * writer: commas, quotes, line breaks, tabs, backslashes, `\N`, emoji, right-to-left text, blanks
 * at the ends, words that look like NULL or like a formula.
 */
import type { Random } from './random.ts'

// biome-ignore format: several words a line
const GIVEN = [
  'Anna', 'Béla', 'Chloë', 'David', 'Émilie', 'Farid', 'Grace', 'Hanna', 'Ines', 'João',
  'Karl', 'Łucja', 'Mehmet', 'Nora', 'Øyvind', 'Paula', 'Quentin', 'Rosa', 'Søren', 'Tereza',
  'Uma', 'Václav', 'Wei', 'Xenia', 'Yuki', 'Zoë', '小龙', 'محمد', 'Дарья', 'Ελένη',
] as const
// biome-ignore format: several words a line
const FAMILY = [
  'Almási', 'Brown', 'Castro', "D'Angelo", 'Eriksson', 'Fischer', 'García', 'Haddad', 'Ivanov',
  'Jensen', 'Kovács', 'Lefèvre', 'Müller', 'Nguyễn', "O'Brien", 'Petrov', 'Quispe', 'Rossi',
  'Smith', 'Takahashi', 'Ünal', 'Van der Berg', 'Wójcik', 'Yılmaz', 'Žižka', '李', 'علي',
] as const
// biome-ignore format: several words a line
const ODD_NAMES = [
  'Smith, John', 'Ann "Annie" Lee', 'NULL', 'null', '\\N', ' Tom ', 'Max 🚀', '👩‍👩‍👧 family',
  'Dr. Strange, PhD, "the doctor"', 'Jean\nLuc', "Robert'); drop table users;--", '=1+1',
  'C:\\Users\\me', 'tab\there', '""', ',', '-', 'combined e\u0301', '\u00a0Łódź',
] as const
// biome-ignore format: several words a line
const VERBS = [
  'Buy', 'Call', 'Email', 'Fix', 'Plan', 'Read', 'Write', 'Book', 'Clean', 'Pay', 'Return',
  'Prepare', 'Check', 'Order', 'Renew', 'Review', 'Send', 'Print', 'Pack', 'Water',
] as const
// biome-ignore format: several words a line
const THINGS = [
  'milk', 'the dentist', 'Zoë', 'the bike', 'a weekend in Bükk', 'chapter 3', 'the report',
  'train tickets', 'the kitchen', 'the rent', 'library books', 'dinner', 'the budget, again',
  'a birthday cake 🎂', 'the passport', 'the pull request', 'invoices', 'the tent', 'plants 🪴',
  'eggs, flour and sugar', 'the "blue" folder', '50% off shoes', 'crème brûlée', 'Q4 goals',
] as const
// biome-ignore format: several words a line
const ODD_TITLES = [
  'Buy:\n- milk\n- eggs', '""', 'say "hi", then leave', 'NULL', '\\N', ' ', '✅', 'résumé\r\nv2',
  'a\tb\tc', 'C:\\new\\table', '=SUM(A1:A9)', 'עברית', '买牛奶', '1,5 l', "don't forget!", '\\.',
  '🏳️‍🌈', ',,,', '"', 'it is ""quoted"" twice', 'line one\n\nline three',
] as const
// biome-ignore format: several words a line
const TOPICS = [
  'Groceries', 'Work', 'Family', 'Holiday 🏖️', 'Books', 'Films', 'House', 'Garden', 'Wedding',
  'Side project', 'Q4', 'Moving, 2026', 'Gifts 🎁', 'Recipes', 'Fitness', 'Thesis', 'Band "X"',
] as const
// biome-ignore format: several words a line
const SENTENCES = [
  'Ask at the desk.', 'They said "next week".', 'Costs 12,50 €.', 'See the link below.',
  'Bring cash, cards are not taken.', 'Almost done!', 'Wichtig!', 'Ne felejtsd el 🙏',
  'Path: C:\\Users\\me\\notes.txt', 'Two options:\n  1) wait\n  2) call', 'a;b,c\td|e',
] as const
const COUNTRIES = ['DE', 'US', 'HU', 'GB', 'FR', 'JP', 'BR', 'PL', 'TR', 'SE', 'IN', 'CN'] as const

/** A name; null when it was never asked for, empty when it was left empty. */
export function personName(random: Random): string | null {
  const roll = random.fraction()
  if (roll < 0.05) return null
  if (roll < 0.08) return ''
  if (roll < 0.11) return random.pick(ODD_NAMES)
  return `${random.pick(GIVEN)} ${random.pick(FAMILY)}`
}

export function country(random: Random): string | null {
  if (random.chance(0.04)) return null
  const skewed = random.fraction() ** 2 // the first ones have most users
  return COUNTRIES[Math.floor(skewed * COUNTRIES.length)] ?? null
}

export function taskTitle(random: Random): string {
  if (random.chance(0.02)) return random.pick(ODD_TITLES)
  return `${random.pick(VERBS)} ${random.pick(THINGS)}`
}

export function listTitle(random: Random): string {
  if (random.chance(0.03)) return random.pick(ODD_TITLES)
  return random.pick(TOPICS)
}

export function listDescription(random: Random): string | null {
  const roll = random.fraction()
  if (roll < 0.7) return null
  return roll < 0.8 ? '' : random.pick(SENTENCES)
}

export function noteBody(random: Random): string {
  const sentences = Array.from({ length: 1 + random.below(4) }, () => random.pick(SENTENCES))
  return sentences.join(random.chance(0.3) ? '\n' : ' ')
}

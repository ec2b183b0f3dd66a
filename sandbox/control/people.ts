/**
 * Invented people, the same on every peer: one seed and index always give the same person. Numbers come only from
 * ranges that regulators keep free for fiction (NANP 555-01xx, Ofcom's drama numbers, Arcep's numbers for films).
 */

export interface Person {
  index: number;
  firstName: string;
  lastName: string;
  company: string;
  title: string;
  city: string;
  /** E.164. Distinct for the first 95,000 indexes of a seed. */
  phone: string;
  /** At example.com, distinct per index. */
  email: string;
}

const FIRST = [
  'Aisha', 'Amélie', 'Anders', 'Anika', 'Antônio', 'Arjun', 'Beatriz', 'Björn', 'Błażej', 'Carmen', 'Chidi', 'Chloé', 'Dagny', 'Daniel', 'Dmytro', 'Elif', 'Emre',
  'Erika', 'Fatima', 'Felix', 'Grace', 'Gül', 'Hana', 'Henrik', 'Ingrid', 'Ines', 'Ivan', 'Jamal', 'Jana', 'João', 'José', 'Kaito', 'Kateřina', 'Kofi', 'Laila',
  'Lars', 'Leila', 'Lucía', 'Łukasz', 'Maja', 'Marek', 'Maya', 'Mei', 'Miguel', 'Nadia', 'Nils', 'Noor', 'Olena', 'Omar', 'Paula', 'Pavel', 'Priya', 'Rafael',
  'Renée', 'Ruth', 'Sakura', 'Samuel', 'Siobhán', 'Sofía', 'Søren', 'Tariq', 'Thandi', 'Uma', 'Viktor', 'Wei', 'Yara', 'Yusuf', 'Zoë', 'Zuzana',
]; // prettier-ignore
const LAST = [
  'Abara', 'Achterberg', 'Almeida', 'Ångström', 'Bakker', 'Banerjee', 'Beaumont', 'Bergström', 'Bianchi', 'Brooks', 'Çelik', 'Chen', 'Costa', 'Dąbrowski', 'Delacroix',
  'Dubois', 'Eriksen', 'Farouk', 'Fischer', 'Fontaine', 'García', 'Grünwald', 'Haddad', 'Hansen', 'Horváth', 'Ibrahim', 'Ionescu', 'Ito', 'Jankowska', 'Johansson',
  'Kaya', 'Keller', 'Kim', 'Kowalczyk', 'Kumar', 'Laurent', 'Lindqvist', 'López', 'Marchetti', 'Mbeki', 'Mendoza', 'Molina', 'Müller', 'Nakamura', 'Nguyen', 'Novák',
  "O'Brien", 'Okafor', 'Olsen', 'Ortiz', 'Papadopoulos', 'Park', 'Patel', 'Pereira', 'Petrenko', 'Quinn', 'Rahman', 'Rivera', 'Rossi', 'Santos', 'Sato', 'Schmidt',
  'Silva', 'Singh', 'Šimek', 'Smith-Jones', 'Sørensen', 'Tanaka', 'Thompson', 'Tran', 'Ueda', 'Vasquez', 'Virtanen', 'Walker', 'Weiß', 'Yamamoto', 'Yılmaz', 'Zhang',
]; // prettier-ignore
const COMPANY = [
  'Alder',
  'Beacon',
  'Cedar',
  'Copper',
  'Delta',
  'Fjord',
  'Granite',
  'Harbour',
  'Juniper',
  'Lantern',
  'Meridian',
  'Northwind',
  'Orchard',
  'Quartz',
  'Saffron',
  'Tidewater',
];
const TRADE = [
  'Bakery',
  'Cycles',
  'Dental',
  'Energy',
  'Foods',
  'Garden',
  'Insurance',
  'Logistics',
  'Optics',
  'Robotics',
  'Studio',
  'Textiles',
  'Travel',
  'Veterinary',
];
const FORM = ['Ltd', 'GmbH', 'Inc', 'AB', 'SA', 'Cooperative'];
const TITLE = ['Owner', 'Office manager', 'Buyer', 'Head of service', 'Engineer', 'Accountant', 'Receptionist', 'Director'];
const CITY = ['Bristol', 'Chicago', 'Göteborg', 'Kraków', 'Leeds', 'Lyon', 'Málaga', 'Oakland', 'Porto', 'Zürich'];
const US_CODES = ['201', '202', '203', '205', '206', '207', '208', '209', '210', '212', '213', '214', '215', '216', '217', '218', '219', '225', '228', '229', '231', '234', '239', '240', '248', '251', '252', '253', '254', '256', '260', '262', '267', '269', '270', '276', '281', '301', '302', '303', '304', '305', '307', '308', '309', '310', '312', '313', '314', '315', '316', '317', '318', '319', '320', '321', '323', '325', '330', '334', '336', '337', '339', '347', '351', '352', '360', '361', '386', '401', '402', '404', '405', '406', '407', '408', '409', '410', '412', '413', '414', '415', '417', '419', '423', '425', '432', '434', '435', '440', '443', '469', '478', '479', '480', '501', '502', '503', '504', '505', '507', '508', '509', '510', '512', '513', '515', '516', '517', '518', '520', '530', '540', '541', '551', '559', '561', '562', '563', '567', '570', '571', '573', '574', '580', '585', '586', '601', '602', '603', '605', '606', '607', '608', '609', '610', '612', '614', '615', '616', '617', '618', '619', '620', '623', '626', '630', '631', '636', '641', '646', '650', '651', '660', '661', '662', '678', '682', '701', '702', '703', '704', '706', '707', '708', '712', '713', '714', '715', '716', '717', '718', '719', '720', '724', '727', '731', '732', '734', '740', '754', '757', '760', '763', '765', '770', '772', '773', '774', '775']; // prettier-ignore
/** Ofcom's geographic drama ranges, each followed by three digits; the last is the mobile one. */
const GB_RANGES = ['1134960', '1144960', '1154960', '1164960', '1174960', '1184960', '1214960', '1314960', '1414960', '1514960', '1614960', '2079460', '1914980', '2896496', '2920180', '7700900']; // prettier-ignore
/** Arcep's ranges for audiovisual works, each followed by four digits. */
const FR_RANGES = ['19900', '26191', '35301', '46571', '53649', '63998'];

const US_COUNT = US_CODES.length * 100;
const GB_COUNT = GB_RANGES.length * 1000;
const FR_COUNT = FR_RANGES.length * 10_000;
const POOL = US_COUNT + GB_COUNT + FR_COUNT;
/** Shares no factor with the pool's size, so that walking by it meets every number once. */
const STRIDE = 7919;

/** The person of a seed and index (whole number from 0). */
export function person(seed: string | number, index: number): Person {
  const random = generator(hash(`${seed}:${index}`));
  const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)] as string;
  const firstName = pick(FIRST);
  const lastName = pick(LAST);
  const company = `${pick(COMPANY)} ${pick(TRADE)} ${pick(FORM)}`;
  return {
    index,
    firstName,
    lastName,
    company,
    title: pick(TITLE),
    city: pick(CITY),
    phone: phone((hash(String(seed)) + index * STRIDE) % POOL),
    email: `${ascii(firstName)}.${ascii(lastName)}.${index}@example.com`,
  };
}

function phone(at: number): string {
  const digits = (value: number, width: number) => String(value).padStart(width, '0');
  if (at < US_COUNT) return `+1${US_CODES[Math.floor(at / 100)]}55501${digits(at % 100, 2)}`;
  const british = at - US_COUNT;
  if (british < GB_COUNT) return `+44${GB_RANGES[Math.floor(british / 1000)]}${digits(british % 1000, 3)}`;
  const french = british - GB_COUNT;
  return `+33${FR_RANGES[Math.floor(french / 10_000)]}${digits(french % 10_000, 4)}`;
}

const PLAIN: Record<string, string> = { ł: 'l', ø: 'o', ß: 'ss', ı: 'i', æ: 'ae', đ: 'd' };

function ascii(name: string): string {
  return name
    .toLowerCase()
    .replace(/[łøßıæđ]/g, (letter) => PLAIN[letter] ?? '')
    .normalize('NFD')
    .replace(/[^a-z-]/g, '');
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

/** Mulberry32: small and the same everywhere. */
function generator(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

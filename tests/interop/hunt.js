// Finding a text in octets, whichever way a program would keep it: UTF-8, which GSM's default
// alphabet equals for what is looked for, or UTF-16BE, which is UCS-2. A date has many spellings.
'use strict';

const MONTHS = ['Januari', 'Februari', 'Maret', 'April', 'Mei', 'Juni', 'Juli', 'Agustus',
                'September', 'Oktober', 'November', 'Desember'];
const SHORT_NUMBER = /^\d{1,8}$/;
const ZERO = '0'.charCodeAt(0);

const isDigit = (octet) => octet >= ZERO && octet <= ZERO + 9;
const utf16be = (text) => Buffer.from(text, 'utf16le').swap16();

// Whether the needle stands in the octets; `whole`: with no digit of `width` octets beside it.
function findEncoded(octets, needle, width, whole) {
  for (let at = octets.indexOf(needle); at >= 0; at = octets.indexOf(needle, at + 1)) {
    const beside = [octets[at - 1], octets[at + needle.length + width - 1]];
    if (!whole || !beside.some(isDigit)) return true;
  }
  return false;
}

// Whether the text stands in the octets. A short number does so only where no digit stands beside
// it, or a time would pass for a code.
function findIn(octets, text) {
  const whole = SHORT_NUMBER.test(text);
  return findEncoded(octets, Buffer.from(text), 1, whole) ||
      findEncoded(octets, utf16be(text), 2, whole);
}

// The spellings of a date given as DDMMYYYY.
function spelledDates(date) {
  const [, day, month, year] = /^(\d\d)(\d\d)(\d{4})$/.exec(date);
  const named = `${Number(day)} ${MONTHS[month - 1]} ${year}`;
  return [
    date, year + month + day, day + month + year.slice(2), `${day}-${month}-${year}`,
    `${day}/${month}/${year}`, `${day}.${month}.${year}`, `${year}-${month}-${day}`, named,
    named.toLowerCase(),
  ];
}

module.exports = {findIn, spelledDates, utf16be};

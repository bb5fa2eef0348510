package register

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
	"unique"

	"jinchu/calendar"
)

// IDError says what is wrong with an ID number (GB 11643) without repeating
// it, in Chinese and in English.
type IDError struct{ Zh, En string }

func (e *IDError) Error() string { return "ID number: " + e.En + " (GB 11643)" }

// idWeights are the weights of the check digit (GB 11643-1999, ISO 7064 MOD 11-2).
var idWeights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

const (
	idLen   = 18 // characters of an ID number
	tailLen = 4  // of them shown
)

// earliestBirth is the first year of birth taken for possible.
const earliestBirth = 1900

// idAreas are the first two digits that GB/T 2260 assigns, and those of the
// residence permits of Hong Kong, Macao and Taiwan residents.
const idAreas = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83"

// demoArea begins the numbers of made-up people. It is assigned to nobody.
const demoArea = "99"

// IDNumber is a checked ID number in canonical form (upper-case X). It shows
// itself masked in every print, log line and JSON text, under every verb and
// at any depth: it holds a handle, which no printer follows. [IDNumber.Reveal]
// is the only way to the number. Numbers compare with ==; the zero value is
// none.
type IDNumber struct{ h unique.Handle[string] }

// Reveal is the number itself. Whoever calls it answers for where it goes.
func (n IDNumber) Reveal() string {
	if n == (IDNumber{}) {
		return ""
	}
	return n.h.Value()
}

// mask stands for all but the last four characters.
const mask = "**************"

// String masks the number.
func (n IDNumber) String() string { return mask + n.Tail() }

// Format masks the number under every verb.
func (n IDNumber) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, n.String()) }

// MarshalText masks the number in JSON and in structured logs.
func (n IDNumber) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// Tail is the last four characters.
func (n IDNumber) Tail() string {
	s := n.Reveal()
	return s[max(0, len(s)-tailLen):]
}

// Birth is the date of birth the number holds.
func (n IDNumber) Birth() calendar.Date {
	d, _ := birthOf(n.Reveal())
	return d
}

func birthOf(s string) (calendar.Date, bool) {
	if len(s) != idLen {
		return calendar.Date{}, false
	}
	d, err := calendar.Parse(s[6:10] + "-" + s[10:12] + "-" + s[12:14])
	return d, err == nil && d.Year() >= earliestBirth
}

// Sex is the GB/T 2261.1 code the number holds: "1" male, "2" female; "0"
// unknown where there is none.
func (n IDNumber) Sex() string {
	s := n.Reveal()
	switch {
	case s == "":
		return "0"
	case (s[16]-'0')%2 == 1:
		return "1"
	}
	return "2"
}

// ParseID checks an ID number: 18 characters, an assigned area, a possible
// date of birth, and the check digit. Numbers with the unassigned prefix 99
// belong to made-up people and are accepted only when demo is true. A birth
// date that is not zero must match the number's.
func ParseID(s string, birth calendar.Date, demo bool) (IDNumber, error) {
	s = strings.ToUpper(strings.TrimSpace(s))
	if n := utf8.RuneCountInString(s); n != idLen {
		return IDNumber{}, &IDError{fmt.Sprintf("身份证号应为 %d 位,现为 %d 位", idLen, n), fmt.Sprintf("%d characters instead of %d", n, idLen)}
	}
	if i := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }); i >= 0 && i < idLen-1 {
		return IDNumber{}, &IDError{fmt.Sprintf("身份证号第 %d 位不是半角数字", i+1), fmt.Sprintf("character %d is not a digit; type digits in half width", i+1)}
	}
	area := s[:2]
	switch {
	case s[idLen-1:] != string(CheckDigit(s[:idLen-1])):
		return IDNumber{}, &IDError{"身份证号校验位有误", "the check digit is wrong"}
	case area == demoArea && !demo:
		return IDNumber{}, &IDError{"99 开头的号码只用于演示", "the prefix 99 is not assigned to any area; such numbers belong to demonstrations"}
	case area != demoArea && !strings.Contains(idAreas, area):
		return IDNumber{}, &IDError{"身份证号的地区码不存在", "the area code is not assigned"}
	}
	switch b, possible := birthOf(s); {
	case !possible:
		return IDNumber{}, &IDError{"身份证号中的出生日期不可能", "the date of birth in it is not possible"}
	case !birth.IsZero() && b != birth:
		return IDNumber{}, &IDError{"身份证号中的出生日期与所填不一致", "the date of birth in it is not the one given"}
	}
	return IDNumber{unique.Make(s)}, nil
}

// CheckDigit computes the check digit of 17 digits.
func CheckDigit(digits string) byte {
	sum := 0
	for i, w := range idWeights {
		sum += int(digits[i]-'0') * w
	}
	return "10X98765432"[sum%11]
}

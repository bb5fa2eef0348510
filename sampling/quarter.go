package sampling

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Version names the algorithm in every hashed text and in the opening record
// (design, "Two-party keyed draw").
const Version = "spotcheck/v1"

// MaxFilings is how many filings a quarter can number: a filing's number has
// six digits (design, "Bytes": fid).
const MaxFilings = 999_999

// Quarter is a county and a quarter of the calendar year, as it is hashed:
// "420683/2026Q1" (design, "Bytes": quarter).
type Quarter string

// shanghai is the zone of the quarter. China has kept no summer time since
// 1991, so that the offset alone says it and no zone data is needed.
var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// QuarterOf is the quarter in which a meeting is planned, by the date in China
// whatever the zone of the instant (design, "Bytes": quarter). The county is a
// code of six digits.
func QuarterOf(county string, meeting time.Time) (Quarter, error) {
	at := meeting.In(shanghai)
	return ParseQuarter(fmt.Sprintf("%s/%04dQ%d", county, at.Year(), (int(at.Month())+2)/3))
}

// ParseQuarter reads a quarter; any other form is an error (design, "Bytes":
// quarter).
func ParseQuarter(s string) (Quarter, error) {
	const form = "dddddd/ddddQq"
	ok := len(s) == len(form)
	for i := 0; ok && i < len(form); i++ {
		switch form[i] {
		case 'd':
			ok = s[i] >= '0' && s[i] <= '9'
		case 'q':
			ok = s[i] >= '1' && s[i] <= '4'
		default:
			ok = s[i] == form[i]
		}
	}
	if !ok {
		return "", fmt.Errorf("sampling: quarter %q is not like 420683/2026Q1", s)
	}
	return Quarter(s), nil
}

// End is the first instant after a quarter, in China (design, "Bytes":
// quarter). The quarter has to be one that [ParseQuarter] reads.
func (q Quarter) End() time.Time {
	year, _ := strconv.Atoi(string(q[7:11])) // digits, as it was parsed
	return time.Date(year, time.Month(3*int(q[12]-'0')+1), 1, 0, 0, 0, 0, shanghai)
}

// ID is the identifier of the quarter's filing number n, 1 to [MaxFilings]:
// "420683/2026Q1/000001" (design, "Bytes": fid). Draw ids have the same form.
func (q Quarter) ID(n int) string { return string(q.appendID(nil, n)) }

func (q Quarter) appendID(b []byte, n int) []byte {
	b = append(append(b, q...), '/')
	return appendNumber(b, n)
}

// appendNumber writes the six digits of a filing's number.
func appendNumber(b []byte, n int) []byte {
	b = append(b, "000000"...)
	for i := len(b) - 1; n > 0 && i >= len(b)-6; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	return b
}

// ParseID reads the identifier of a filing and returns its quarter and number
// (design, "Bytes": fid).
func ParseID(s string) (Quarter, int, error) {
	at := strings.LastIndexByte(s, '/')
	if at < 0 || len(s)-at != 7 {
		return "", 0, fmt.Errorf("sampling: filing %q is not like 420683/2026Q1/000001", s)
	}
	q, err := ParseQuarter(s[:at])
	if err != nil {
		return "", 0, fmt.Errorf("sampling: filing %q: %w", s, err)
	}
	n := 0
	for _, c := range []byte(s[at+1:]) {
		if c < '0' || c > '9' {
			return "", 0, fmt.Errorf("sampling: filing %q: its number is not six digits", s)
		}
		n = 10*n + int(c-'0')
	}
	if n == 0 {
		return "", 0, fmt.Errorf("sampling: filing %q: numbers begin at 000001", s)
	}
	return q, n, nil
}

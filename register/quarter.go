package register

import (
	"encoding/hex"
	"fmt"
	"strconv"

	"jinchu/calendar"
)

// QuarterID names a quarter within its county, "2026Q3": by the date in China
// of the planned meetings (抽查监督).
type QuarterID string

// QuarterOf is the quarter in which a day lies.
func QuarterOf(d calendar.Date) QuarterID {
	return QuarterID(fmt.Sprintf("%04dQ%d", d.Year(), (int(d.Month())+2)/3))
}

// ParseQuarter reads "2026Q3"; ok is false for anything else.
func ParseQuarter(s string) (q QuarterID, ok bool) {
	if len(s) != 6 || s[4] != 'Q' || s[5] < '1' || s[5] > '4' {
		return "", false
	}
	year, err := strconv.Atoi(s[:4])
	return QuarterID(s), err == nil && year >= 1921
}

// First and Last are the quarter's days. The identifier has to be one that
// [ParseQuarter] takes.
func (q QuarterID) First() calendar.Date {
	year, _ := strconv.Atoi(string(q[:4]))
	return calendar.On(year, 1, 1).AddMonths(3 * int(q[5]-'1'))
}

// Last is the quarter's last day.
func (q QuarterID) Last() calendar.Date { return q.First().AddMonths(3).AddDays(-1) }

// Before is the quarter before it, Next the one after it.
func (q QuarterID) Before() QuarterID { return QuarterOf(q.First().AddDays(-1)) }

// Next is the quarter after it.
func (q QuarterID) Next() QuarterID { return QuarterOf(q.Last().AddDays(1)) }

// Quarter is the record of a quarter's spot checks: how it was opened, and
// what was recorded of its draw since. No meeting is filed in a quarter that
// has none.
type Quarter struct {
	ID   QuarterID `json:"id"`
	Case string    `json:"case,omitempty"` // the case in which it is kept; none where Undrawn

	Parties      []Party          `json:"parties,omitempty"` // who holds a key, by name
	Quota        Ratio            `json:"quota,omitzero"`
	Online       Ratio            `json:"online,omitzero"`
	Methods      []Weight         `json:"methods,omitempty"`       // for what is drawn before its meeting
	TopUpMethods []Weight         `json:"topup_methods,omitempty"` // for what is drawn after it
	Strata       map[OrgID]string `json:"strata,omitempty"`        // committee -> stratum; others are in [MergedStratum]
	LeadDays     int              `json:"lead_days,omitempty"`     // of a filing
	Points       []calendar.Date  `json:"points,omitempty"`        // top-up points, ascending; the last one closes the frame

	Drawn    []Drawn       `json:"drawn,omitempty"` // of the points, as far as they have passed
	ClosedOn calendar.Date `json:"closed_on,omitzero"`
	// Undrawn tells that nothing is drawn from the quarter: it was over, or
	// running, when the county began to draw. Only the set-up of a county
	// records such a quarter.
	Undrawn bool `json:"undrawn,omitempty"`
}

// Party is one holder of a key with what it published of it.
type Party struct {
	Name       string `json:"name"`
	Commitment string `json:"commitment"` // 64 hexadecimal digits
}

// Ratio is a part of a whole in integers.
type Ratio struct {
	Num int `json:"num"`
	Den int `json:"den"`
}

// Weight is one way to check and how often it is taken.
type Weight struct {
	Method string `json:"method"`
	Weight int    `json:"weight"`
}

// Drawn is what went into the log at a top-up point.
type Drawn struct {
	Frame     string        `json:"frame"`     // digest of the filings, hexadecimal
	Selection string        `json:"selection"` // digest of what was drawn, hexadecimal
	On        calendar.Date `json:"on"`
}

// MergedStratum is where committees with few filings are counted together,
// and those that came into being after the opening.
const MergedStratum = "merged"

// Stratum is where the filings of a committee are counted.
func (q *Quarter) Stratum(committee OrgID) string {
	if s, ok := q.Strata[committee]; ok {
		return s
	}
	return MergedStratum
}

// NextPoint is the number of the top-up point, from 1, for what is recorded on
// a day: the first one that has not been drawn and does not lie before the
// day, or else the last one.
func (q *Quarter) NextPoint(day calendar.Date) int {
	n := len(q.Drawn) + 1
	for n < len(q.Points) && q.Points[n-1].Before(day) {
		n++
	}
	return n
}

// Takes reports whether meetings can still be filed: the frame is not closed.
func (q *Quarter) Takes() bool { return q.Undrawn || len(q.Drawn) < len(q.Points) }

// Subject implements [Entity].
func (q *Quarter) Subject() Subject { return Subject{KindQuarter, string(q.ID)} }

// Links implements [Entity].
func (q *Quarter) Links() Links { return Links{} }

// Valid implements [Entity].
func (q *Quarter) Valid() error {
	if _, ok := ParseQuarter(string(q.ID)); !ok {
		return fault("bad-quarter", "id", "季度的写法如 2026Q3", "a quarter is written like 2026Q3, not %q", q.ID)
	}
	if q.Undrawn {
		return nil
	}
	for i, p := range q.Parties {
		if !Plain(p.Name) || !isDigest(p.Commitment) || i > 0 && q.Parties[i-1].Name >= p.Name {
			return fault("bad-party", "parties", "密钥方须有名称和承诺值,按名称排列、不得重复",
				"each party has a name and a commitment of 64 hexadecimal digits, in the order of the names and none twice")
		}
	}
	for i, p := range q.Points {
		if p.Before(q.ID.First()) || i > 0 && !q.Points[i-1].Before(p) {
			return fault("bad-points", "points", "补抽时点须依次排列", "top-up points follow each other, from the quarter's first day on")
		}
	}
	switch {
	case len(q.Parties) == 0:
		return fault("bad-party", "parties", "至少一方持有密钥", "at least one party holds a key")
	case len(q.Points) == 0 || len(q.Drawn) > len(q.Points):
		return fault("bad-points", "points", "补抽时点有误", "a quarter has top-up points, and no more are drawn than there are")
	case q.Quota.Num < 1 || q.Quota.Num > q.Quota.Den || q.Online.Num < 0 || q.Online.Num > q.Online.Den || q.Online.Den < 1:
		return fault("bad-ratio", "quota", "抽查比例有误", "the quota is above 0 and at most 1, the online rate from 0 to 1")
	}
	return nil
}

func isDigest(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == 32
}

package register

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"jinchu/calendar"
)

// FilingID names a filed meeting within its county: "2026Q3-000017", the
// quarter of the planned meeting and the filing's number in it.
type FilingID string

// NewFilingID is the identifier of the quarter's filing number n.
func NewFilingID(q QuarterID, n int) FilingID { return FilingID(fmt.Sprintf("%s-%06d", q, n)) }

// MaxFilings is how many filings a quarter can number.
const MaxFilings = 999_999

// Filing is one branch meeting as it was filed with the county department
// (备案监督): the unit of the spot checks. It holds nothing that tells whether
// it is drawn. Numbers of a quarter have no gap and are never given twice.
type Filing struct {
	ID        FilingID      `json:"id"`
	Quarter   QuarterID     `json:"quarter"`
	N         int           `json:"n"`
	Branch    OrgID         `json:"branch"`
	Committee OrgID         `json:"committee"` // with power to approve, on the day of filing
	Stratum   string        `json:"stratum"`
	At        string        `json:"at"`    // planned, civil in Asia/Shanghai: "2026-07-10T09:00"
	Cases     []string      `json:"cases"` // on the agenda
	FiledOn   calendar.Date `json:"filed_on"`

	// Point is the top-up point, from 1, by which it was on record that the
	// meeting was held or the filing withdrawn; 0 as long as neither is.
	Point int `json:"point,omitempty"`
	// Withdrawn is the last number that was given out when the filing was
	// withdrawn; 0 if it was not.
	Withdrawn int `json:"withdrawn,omitempty"`
	// WithdrawnOn is the day on which the withdrawal was recorded.
	WithdrawnOn calendar.Date `json:"withdrawn_on,omitzero"`
	// Forced is why it is checked besides the quota: "late", "carry" or
	// "failsafe"; empty for all others.
	Forced string `json:"forced,omitempty"`
	// Shares are the sealed shares of the parties, by name, once they are all
	// there. Everybody's filing gets them.
	Shares map[string][]byte `json:"shares,omitempty"`
}

// Standing reports that the meeting is still to come, or to be recorded.
func (f *Filing) Standing() bool { return f.Point == 0 }

// Held reports that the meeting took place.
func (f *Filing) Held() bool { return f.Point > 0 && f.Withdrawn == 0 }

// PutOff reports that the filing was withdrawn before the day of its meeting,
// so that there is no meeting to check.
func (f *Filing) PutOff() bool { return f.Withdrawn > 0 && f.WithdrawnOn.Before(f.MeetingOn()) }

// Moment is the instant of the planned meeting; the start of its day where
// only the day is told.
func (f *Filing) Moment() time.Time {
	at, err := time.ParseInLocation("2006-01-02T15:04", f.At, calendar.Shanghai)
	if err != nil {
		return f.MeetingOn().Start()
	}
	return at
}

// MeetingOn is the day of the planned meeting.
func (f *Filing) MeetingOn() calendar.Date {
	d, _ := calendar.Parse(f.At[:min(10, len(f.At))]) // Valid has read it
	return d
}

// Has reports whether a case is on the agenda.
func (f *Filing) Has(id string) bool { return slices.Contains(f.Cases, id) }

// Subject implements [Entity].
func (f *Filing) Subject() Subject { return Subject{KindFiling, string(f.ID)} }

// Links implements [Entity].
func (f *Filing) Links() Links { return Links{Org: f.Branch} }

// Valid implements [Entity].
func (f *Filing) Valid() error {
	_, known := ParseQuarter(string(f.Quarter))
	day, _, _ := strings.Cut(f.At, "T")
	_, err := calendar.Parse(day)
	switch {
	case !known || f.N < 1 || f.N > MaxFilings || f.ID != NewFilingID(f.Quarter, f.N):
		return fault("bad-filing", "id", "备案编号有误", "a filing is numbered within its quarter, 1 to %d, not %q", MaxFilings, f.ID)
	case !Plain(string(f.Branch)) || !Plain(string(f.Committee)):
		return faultID("branch")
	case err != nil || len(f.Cases) == 0 || f.Stratum == "":
		return fault("bad-filing", "at", "备案须有时间、议题和抽样层", "a filing has a time, a stratum and at least one case")
	case f.Withdrawn != 0 && (f.Point == 0 || f.Withdrawn < f.N), (f.Withdrawn == 0) != f.WithdrawnOn.IsZero():
		return fault("bad-filing", "withdrawn", "撤回编号有误", "a withdrawal follows the filing")
	}
	return nil
}

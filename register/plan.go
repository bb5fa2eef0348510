package register

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// Plan is a committee's share of the annual plan: a hard ceiling on the
// number admitted (控制总量) and soft targets of structure (优化结构).
type Plan struct {
	Org     OrgID          `json:"org"`
	Year    int            `json:"year"`
	Quota   int            `json:"quota"`
	Targets map[string]int `json:"targets,omitempty"` // structure key -> percent of the quota, warnings only
}

// PlanID is the identity of a committee's plan of a year.
func PlanID(org OrgID, year int) string { return string(org) + "-" + strconv.Itoa(year) }

// Subject implements [Entity].
func (p *Plan) Subject() Subject { return Subject{KindPlan, PlanID(p.Org, p.Year)} }

// Links implements [Entity].
func (p *Plan) Links() Links { return Links{Org: p.Org} }

// Valid implements [Entity].
func (p *Plan) Valid() error {
	switch {
	case !Plain(string(p.Org)):
		return faultID("org")
	case p.Year < 1921 || p.Year > 9999:
		return fault("bad-year", "year", "年度有误", "the plan is for a calendar year, not %d", p.Year)
	case p.Quota < 0:
		return fault("bad-quota", "quota", "计划数不能小于 0", "the quota is at least 0, not %d", p.Quota)
	}
	for k, pct := range p.Targets {
		if pct < 0 || pct > 100 {
			return fault("bad-target", "targets", "结构比例须在 0 至 100 之间", "target %q is %d %%, not within 0 to 100", k, pct)
		}
	}
	return nil
}

// Pool is a range of admission form serials handed to the county. A serial is
// Prefix followed by the number in Digits places. One person has one serial;
// a serial is never used again.
type Pool struct {
	ID     string `json:"id"`
	Prefix string `json:"prefix"`
	Digits int    `json:"digits"`
	First  int    `json:"first"`
	Last   int    `json:"last"`
}

// Subject implements [Entity].
func (p *Pool) Subject() Subject { return Subject{KindPool, p.ID} }

// Links implements [Entity].
func (p *Pool) Links() Links { return Links{} }

// Valid implements [Entity].
func (p *Pool) Valid() error {
	odd := func(r rune) bool { return !unicode.IsPrint(r) || r == ' ' }
	switch {
	case !Plain(p.ID):
		return faultID("id")
	case len(p.Prefix) > 30 || strings.ContainsFunc(p.Prefix, odd):
		return fault("bad-prefix", "prefix", "编号前缀不超过 30 字节且不含空格", "a prefix has at most 30 bytes and no spaces")
	case p.Digits < 1 || p.Digits > 12:
		return fault("bad-digits", "digits", "编号位数须为 1 至 12", "a serial has 1 to 12 digits, not %d", p.Digits)
	case p.First < 0 || p.Last < p.First || len(strconv.Itoa(p.Last)) > p.Digits:
		return fault("bad-range", "last", "起止编号有误", "the range %d to %d does not go upwards within %d digits", p.First, p.Last, p.Digits)
	}
	return nil
}

// Serial is the n-th number of the pool as printed on the form.
func (p *Pool) Serial(n int) string { return fmt.Sprintf("%s%0*d", p.Prefix, p.Digits, n) }

// Overlaps reports whether some form could bear a serial of both pools. Pools
// are compared as printed: prefix "A1" with two digits and prefix "A" with
// three share "A150".
func (p *Pool) Overlaps(q *Pool) bool {
	if len(p.Prefix) > len(q.Prefix) {
		p, q = q, p
	}
	rest, ok := strings.CutPrefix(q.Prefix, p.Prefix)
	if !ok || strings.Trim(rest, "0123456789") != "" || len(rest)+q.Digits != p.Digits {
		return false
	}
	return p.Serial(p.First) <= q.Serial(q.Last) && q.Serial(q.First) <= p.Serial(p.Last)
}

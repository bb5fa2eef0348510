package register

import (
	"errors"
	"os"
	"strings"
	"testing"

	"jinchu/calendar"
)

func zaoyang(t testing.TB) []OrgRow {
	t.Helper()
	rows, ok, err := Divisions("420683")
	if err != nil || !ok {
		t.Fatalf("the divisions of 420683: %v, %v", ok, err)
	}
	return rows
}

func TestDivisions(t *testing.T) {
	rows := zaoyang(t)
	towns, names := map[string]bool{}, map[string]int{}
	for _, r := range rows {
		towns[r.TownCode] = true
		names[r.Village]++
	}
	if len(towns) != 18 || len(rows) != 561 {
		t.Errorf("%d towns and %d villages, not 18 and 561", len(towns), len(rows))
	}
	if names["张庄村委会"] != 2 {
		t.Errorf("张庄村委会 stands %d times, not twice", names["张庄村委会"])
	}
	if rows[0].Line != 2 || rows[560].Line != 562 {
		t.Errorf("lines %d to %d", rows[0].Line, rows[560].Line)
	}
	for _, county := range []CountyID{"420684", "", "../x"} {
		if _, ok, err := Divisions(county); ok || err != nil {
			t.Errorf("county %q: %v, %v", county, ok, err)
		}
	}
}

func TestParseOrgsTakesAByteOrderMark(t *testing.T) {
	raw, err := os.ReadFile("data/orgs_420683.csv")
	if err != nil {
		t.Fatal(err)
	}
	text := bom + strings.ReplaceAll(string(raw), "\n", "\r\n")
	rows, err := ParseOrgs(strings.NewReader(text), "420683")
	if err != nil || len(rows) != 561 || rows[560].Village != "陈湾社区居民委员会" {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

// Every organization of the real file passes the register's own checks.
func TestOrgsAreFitToBeRegistered(t *testing.T) {
	orgs := Orgs(zaoyang(t), "420683", "枣阳市")
	d := NewDraft(empty{})
	kinds := map[OrgKind]int{}
	for _, o := range orgs {
		if err := Check(d, "420683", o, calendar.MustParse("2026-01-01")); err != nil {
			t.Fatalf("%s %s: %v", o.ID, o.Name, err)
		}
		d.Put(o)
		kinds[o.Kind]++
	}
	if kinds[County] != 1 || kinds[Department] != 4 || kinds[Committee] != 18 || kinds[Branch] != 561 {
		t.Errorf("kinds: %v", kinds)
	}
	for id, want := range map[OrgID]Org{
		"420683":            {Kind: County, Name: "枣阳市委组织部", Path: "420683"},
		"420683-discipline": {Kind: Department, Name: "枣阳市纪委监委", Path: "420683/420683-discipline", Duty: Discipline},
		"420683001":         {Kind: Committee, Name: "北城街道党工委", Path: "420683/420683001", Approves: true},
		"420683103":         {Kind: Committee, Name: "太平镇党委", Path: "420683/420683103", Approves: true},
		"420683500":         {Kind: Committee, Name: "随阳农场党委", Path: "420683/420683500", Approves: true},
		"420683001001":      {Kind: Branch, Name: "东园社区党支部", Path: "420683/420683001/420683001001", Village: true, Committee: true},
		"420683501007":      {Kind: Branch, Name: "陈湾社区党支部", Path: "420683/420683501/420683501007", Committee: true},
	} {
		got, ok := d.Org(id)
		if !ok {
			t.Errorf("no organization %s", id)
			continue
		}
		g := *got
		g.ID, g.Parent = "", ""
		if g != want {
			t.Errorf("%s is %+v, want %+v", id, g, want)
		}
	}
	if c, ok := ApprovingCommittee(d, "420683103201"); !ok || c.ID != "420683103" {
		t.Errorf("a village of 太平镇 is approved by %v", c)
	}
}

func TestBranchName(t *testing.T) {
	for village, want := range map[string]string{
		"付庄村委会":     "付庄村党支部",
		"西村村委会":     "西村党支部",
		"孙李庄村村民委员会": "孙李庄村党支部",
		"梁山村民委员会":   "梁山村党支部",
		"东园居委会":     "东园社区党支部",
		"中心社区居委会":   "中心社区党支部",
		"福瑞社区居民委员会": "福瑞社区党支部",
		"东南街居委会":    "东南街社区党支部",
		"良种场":       "良种场党支部",
		"村委会":       "村委会党支部",
	} {
		if got := branchName(village); got != want {
			t.Errorf("%s has %s, not %s", village, got, want)
		}
	}
}

const header = "town_code,town,village_code,village\n"

// Every fault is named by line and column and says what to do; nothing is
// imported beside it.
func TestParseOrgsRefuses(t *testing.T) {
	const fine = "420683001,北城街道,420683001001,东园居委会\n"
	for _, c := range []struct {
		name, text string
		line       int
		column     string
		words      string
	}{
		{"empty file", "", 1, "", "no data"},
		{"only a header", header, 1, "", "no data"},
		{"no header", fine, 1, "", "the header has to be"},
		{"columns swapped", "town,town_code,village_code,village\n" + fine, 1, "", "the header has to be"},
		{"GB18030", header + "420683001,\xb1\xb1\xb3\xc7,420683001001,\xb6\xab\xd4\xb0\n", 2, "", "save it as"},
		{"UTF-16", "\xff\xfet\x00o\x00", 1, "", "save it as"},
		{"UTF-16 without a mark", "t\x00o\x00", 1, "", "save it as"},
		{"a column short", header + fine + "420683001,北城街道,420683001002\n", 3, "village", "3 columns instead of 4"},
		{"a column more", header + "420683001,北城街道,420683001002,南园居委会,x\n", 2, "col 5", "5 columns instead of 4"},
		{"open quote", header + fine + "420683001,\"北城街道,420683001002,南园居委会\n", 3, "54", "quotation"},
		{"number made of a code", header + "420683001,北城街道,4.20683E+11,东园居委会\n", 2, "village_code", "format the column as text"},
		{"short town code", header + "42068300,北城街道,420683001001,东园居委会\n", 2, "town_code", "9 digits"},
		{"another county's town", header + "420684001,北城街道,420684001001,东园居委会\n", 2, "town_code", "420683"},
		{"another town's village", header + "420683001,北城街道,420683002001,东园居委会\n", 2, "village_code", "420683001"},
		{"full-width digits", header + "420683001,北城街道,42068300100\uff11,东园居委会\n", 2, "village_code", "12 digits"},
		{"no town", header + "420683001,,420683001001,东园居委会\n", 2, "town", "a name"},
		{"no village", header + "420683001,北城街道,420683001001, \n", 2, "village", "a name"},
		{"space after a name", header + "420683001,北城街道 ,420683001001,东园居委会\n", 2, "town", "spaces"},
		{"line break in a name", header + "420683001,北城街道,420683001001,\"东园\n居委会\"\n", 2, "village", "a name"},
		{"duplicate code", header + fine + "420683001,北城街道,420683001001,南园居委会\n", 3, "village_code", "line 2"},
		{"town named twice", header + fine + "420683001,南城街道,420683001002,南园居委会\n", 3, "town", "\"北城街道\" on line 2"},
	} {
		rows, err := ParseOrgs(strings.NewReader(c.text), "420683")
		var fault *LineError
		if !errors.As(err, &fault) {
			t.Errorf("%s: got %d rows, %v", c.name, len(rows), err)
			continue
		}
		if rows != nil {
			t.Errorf("%s: %d rows beside the error", c.name, len(rows))
		}
		if fault.Line != c.line || fault.Column != c.column || !strings.Contains(fault.En, c.words) || fault.Zh == "" {
			t.Errorf("%s: %v (column %q), want line %d, column %q, about %q", c.name, fault, fault.Column, c.line, c.column, c.words)
		}
	}
}

func TestParseOrgsReportsAllFaultsUpToABound(t *testing.T) {
	_, err := ParseOrgs(strings.NewReader(header+"x,,y,\n"+"420683001,北城街道,420683001001,东园居委会\n"+"420683001,北城街道,1,南园居委会\n"), "420683")
	var lines []string
	for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
		f := e.(*LineError)
		lines = append(lines, f.Column)
	}
	if got := strings.Join(lines, " "); got != "town_code town village_code village village_code" {
		t.Errorf("faults in %s", got)
	}
	_, err = ParseOrgs(strings.NewReader(header+strings.Repeat("x\n", 1000)), "420683")
	if n := len(err.(interface{ Unwrap() []error }).Unwrap()); n != maxLineErrors {
		t.Errorf("%d faults reported", n)
	}
	if _, err = ParseOrgs(strings.NewReader(strings.Repeat("x", maxImport+1)), "420683"); err == nil || !strings.Contains(err.Error(), "8 MB") {
		t.Errorf("a huge file: %v", err)
	}
}

func FuzzParseOrgs(f *testing.F) {
	f.Add(header + "420683001,北城街道,420683001001,东园居委会\n")
	f.Add(header + "420683001,\"北城\n街道\",420683001001,东园居委会\n")
	f.Add("\xff\xfe")
	f.Fuzz(func(t *testing.T, text string) {
		rows, err := ParseOrgs(strings.NewReader(text), "420683")
		if (err == nil) != (len(rows) > 0) {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		d := NewDraft(empty{})
		if err != nil {
			return
		}
		for _, o := range Orgs(rows, "420683", "枣阳市") {
			if err := Check(d, "420683", o, calendar.MustParse("2026-01-01")); err != nil {
				t.Fatal(err)
			}
			d.Put(o)
		}
	})
}

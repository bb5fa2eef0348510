package register

import (
	"bytes"
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// OrgRow is one village or community with its town, by their statistical
// division codes.
type OrgRow struct {
	TownCode    string // 9 digits, the county's 6 first
	Town        string
	VillageCode string // 12 digits, the town's 9 first
	Village     string
	Line        int // in the file, from 1
}

// LineError is a fault in a line of an imported file. Column is the name of
// the column, "" where the whole line is meant.
type LineError struct {
	Line   int
	Column string
	Zh, En string // what is wrong and what to do
}

func (e *LineError) Error() string {
	if e.Column == "" {
		return fmt.Sprintf("line %d: %s", e.Line, e.En)
	}
	return fmt.Sprintf("line %d, column %s: %s", e.Line, e.Column, e.En)
}

// orgColumns are the columns of the file, in order.
var orgColumns = []string{"town_code", "town", "village_code", "village"}

const (
	maxImport      = 8 << 20 // bytes; a county has less than a hundredth of it
	maxLineErrors  = 50      // reported at once
	townCodeLen    = 9
	villageCodeLen = 12
	bom            = "\uFEFF"
)

// ParseOrgs reads a county's divisions from CSV in UTF-8 (a byte order mark
// is fine) with the header town_code,town,village_code,village. It reports
// every fault as a [LineError], up to 50 joined, and then returns no rows: a
// file is taken whole or not at all. Places are told apart by code only; one
// name may stand for several.
func ParseOrgs(r io.Reader, county CountyID) ([]OrgRow, error) {
	text, err := readUTF8(r)
	if err != nil {
		return nil, err
	}
	p := &orgParser{county: string(county), towns: map[string]OrgRow{}, villages: map[string]int{}}
	cr := csv.NewReader(bytes.NewReader(text))
	cr.FieldsPerRecord = -1
	for !p.full() {
		record, err := cr.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			p.unreadable(err)
			break
		}
		line, _ := cr.FieldPos(0)
		p.record(line, record)
	}
	if len(p.errs) == 0 && len(p.rows) == 0 {
		p.fault(1, "", "文件中没有数据", "the file holds no data; below the header, one line per village or community is needed")
	}
	if len(p.errs) > 0 {
		return nil, errors.Join(p.errs...)
	}
	return p.rows, nil
}

// readUTF8 reads the whole text without its byte order mark, or says how to
// save a file that is in another encoding.
func readUTF8(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxImport+1))
	if err != nil {
		return nil, fmt.Errorf("reading organizations: %w", err)
	}
	if len(text) > maxImport {
		return nil, &LineError{Line: 1, Zh: "文件超过 8 MB,不是区划表", En: "the file is larger than 8 MB; this is no table of divisions"}
	}
	text = bytes.TrimPrefix(text, []byte(bom))
	if i := invalidUTF8(text); i >= 0 {
		return nil, &LineError{Line: 1 + bytes.Count(text[:i], []byte("\n")),
			Zh: "文件不是 UTF-8 编码(可能是 GB18030),请在 WPS 或 Excel 中另存为“CSV UTF-8”",
			En: "the file is not UTF-8 (probably GB18030 or UTF-16); save it as \"CSV UTF-8\" and import it again"}
	}
	return text, nil
}

// invalidUTF8 is the place of the first byte that is not UTF-8 text, -1 if
// there is none. A zero byte is a sign of UTF-16.
func invalidUTF8(text []byte) int {
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r == 0 || r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// orgParser checks record after record against those before.
type orgParser struct {
	county   string
	header   bool
	rows     []OrgRow
	errs     []error
	towns    map[string]OrgRow // town code -> the row that named it first
	villages map[string]int    // village code -> its line
}

func (p *orgParser) full() bool { return len(p.errs) >= maxLineErrors }

func (p *orgParser) fault(line int, column, zh, en string, args ...any) {
	p.errs = append(p.errs, &LineError{Line: line, Column: column, Zh: zh, En: fmt.Sprintf(en, args...)})
}

func (p *orgParser) unreadable(err error) {
	line, column := 1, ""
	var pe *csv.ParseError
	if errors.As(err, &pe) {
		line, column, err = pe.Line, strconv.Itoa(pe.Column), pe.Err
	}
	p.fault(line, column, "不是正确的 CSV 行,请检查引号", "not a line of CSV (%v); check the quotation marks", err)
}

func (p *orgParser) record(line int, record []string) {
	want := strings.Join(orgColumns, ",")
	switch {
	case !p.header && !slices.Equal(record, orgColumns):
		p.fault(line, "", "表头应为 "+want, "the header has to be %s", want)
		p.header = true
	case !p.header:
		p.header = true
	case len(record) != len(orgColumns):
		column := "col " + strconv.Itoa(len(orgColumns)+1) // the first too many
		if len(record) < len(orgColumns) {
			column = orgColumns[len(record)] // the first that is missing
		}
		p.fault(line, column, fmt.Sprintf("应有 %d 列,现有 %d 列", len(orgColumns), len(record)), "%d columns instead of %d (%s)", len(record), len(orgColumns), want)
	default:
		p.row(OrgRow{record[0], record[1], record[2], record[3], line})
	}
}

func (p *orgParser) row(r OrgRow) {
	before := len(p.errs)
	p.code(r.Line, 0, r.TownCode, p.county, townCodeLen)
	p.name(r.Line, 1, r.Town)
	p.code(r.Line, 2, r.VillageCode, r.TownCode, villageCodeLen)
	p.name(r.Line, 3, r.Village)
	if len(p.errs) > before {
		return
	}
	if first, ok := p.towns[r.TownCode]; !ok {
		p.towns[r.TownCode] = r
	} else if first.Town != r.Town {
		p.fault(r.Line, "town", fmt.Sprintf("同一乡镇代码在第 %d 行名为“%s”", first.Line, first.Town),
			"town %s is %q here and %q on line %d; give it one name", r.TownCode, r.Town, first.Town, first.Line)
	}
	if first, ok := p.villages[r.VillageCode]; ok {
		p.fault(r.Line, "village_code", fmt.Sprintf("代码与第 %d 行重复", first),
			"code %s stands on line %d already; remove one of them", r.VillageCode, first)
		return
	}
	p.villages[r.VillageCode] = r.Line
	p.rows = append(p.rows, r)
}

// code checks a division code: so many digits, under the code above it.
func (p *orgParser) code(line, column int, code, above string, digits int) {
	switch col := orgColumns[column]; {
	case len(code) != digits || strings.Trim(code, "0123456789") != "":
		p.fault(line, col, fmt.Sprintf("应为 %d 位数字(若显示为 4.2E+11,请将该列设为文本)", digits),
			"%q is not a code of %d digits; if a spreadsheet shows 4.2E+11, format the column as text", code, digits)
	case !strings.HasPrefix(code, above):
		p.fault(line, col, "代码不属于 "+above, "code %s does not begin with %s, the code above it", code, above)
	}
}

func (p *orgParser) name(line, column int, name string) {
	switch col := orgColumns[column]; {
	case faultyName(name):
		p.fault(line, col, "名称须为 1 至 50 个字", "a name of 1 to 50 characters on one line is needed")
	case strings.TrimSpace(name) != name:
		p.fault(line, col, "名称前后有空格", "%q has spaces around it; remove them", name)
	}
}

// departments are the consulted departments of a county, in the order of
// [Duties].
var departments = map[Duty]string{Discipline: "纪委监委", Health: "卫生健康局", Police: "公安局", Petitions: "信访局"}

// Orgs makes the organizations of a county from its divisions: the county's
// organization department, the four consulted departments, a committee with
// power to approve for every town, and a branch for every village or
// community. Superior organizations come before those under them.
// Identifiers are the division codes.
func Orgs(rows []OrgRow, county CountyID, countyName string) []*Org {
	root := &Org{ID: OrgID(county), Kind: County, Name: countyName + "委组织部", Path: string(county)}
	out := []*Org{root}
	for _, duty := range Duties {
		out = append(out, root.sub(OrgID(county)+"-"+OrgID(duty), Department, countyName+departments[duty]))
		out[len(out)-1].Duty = duty
	}
	towns := map[string]*Org{}
	for _, r := range rows {
		town := towns[r.TownCode]
		if town == nil {
			town = root.sub(OrgID(r.TownCode), Committee, committeeName(r.Town))
			town.Approves = true
			towns[r.TownCode] = town
			out = append(out, town)
		}
		branch := town.sub(OrgID(r.VillageCode), Branch, branchName(r.Village))
		branch.Committee = true
		branch.Village = township(r.Town)
		out = append(out, branch)
	}
	return out
}

// sub is an organization directly under o.
func (o *Org) sub(id OrgID, kind OrgKind, name string) *Org {
	return &Org{ID: id, Kind: kind, Name: name, Parent: o.ID, Path: o.Path + "/" + string(id)}
}

// township reports whether a town-level division is a town, township or
// street, and not a development zone or farm.
func township(town string) bool {
	return strings.HasSuffix(town, "镇") || strings.HasSuffix(town, "乡") || strings.HasSuffix(town, "街道")
}

func committeeName(town string) string {
	if strings.HasSuffix(town, "街道") {
		return town + "党工委"
	}
	return town + "党委"
}

// branchName names the branch of a village or community: 付庄村委会 has the
// 付庄村党支部, 东园居委会 the 东园社区党支部. Any other place keeps its name.
func branchName(village string) string {
	for _, form := range []struct{ suffix, place string }{
		{"村民委员会", "村"}, {"村委会", "村"}, {"居民委员会", "社区"}, {"居委会", "社区"},
	} {
		if base, ok := strings.CutSuffix(village, form.suffix); ok && base != "" {
			return strings.TrimSuffix(base, form.place) + form.place + "党支部"
		}
	}
	return village + "党支部"
}

//go:embed data/orgs_*.csv
var divisions embed.FS

// Divisions are the towns, villages and communities of a county that come
// with the program; ok is false where it has none.
func Divisions(county CountyID) (rows []OrgRow, ok bool, err error) {
	f, err := divisions.Open("data/orgs_" + string(county) + ".csv")
	if err != nil {
		return nil, false, nil // a county without a file
	}
	defer f.Close()
	rows, err = ParseOrgs(f, county)
	return rows, err == nil, err
}

package papers

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"jinchu/calendar"
)

// sample has what goes wrong in spreadsheets: long numbers that are none,
// leading zeros, things that look like dates, formulas, quotes and breaks.
func sample() *Table {
	return &Table{
		Title: "责任清单",
		Columns: []Column{{Title: "编号"}, {Title: "事项"}, {Title: "日期"}, {Title: "票数"},
			{Title: "记录时间"}, {Title: "补录"}, {Title: "说明", Width: 30}},
		Rows: [][]any{
			{"990683199003070014", "初审", calendar.On(2026, 3, 1), 17, time.Date(2026, 3, 1, 16, 30, 5, 0, time.UTC), true, "第一行\n第二行"},
			{"000123", `他说"同意",并签字`, calendar.Date{}, int64(-3), time.Time{}, false, nil},
			{"3-1", `=HYPERLINK("http://example.invalid","点这里")`, calendar.On(1999, 12, 31), 0, nil, nil, "+1"},
			{"1e5", "-2+3", nil, nil, nil, nil, "@SUM(A1)"},
			{"\uFF1D1+1", "\t=1", nil, nil, nil, nil, "坏字节\xff与控制符\x01"},
		},
		Notes: []string{"仅供内部使用", "=1+1"},
	}
}

// written out by hand: what a reader finds in the cells of the sample.
var found = [][]string{
	{"编号", "事项", "日期", "票数", "记录时间", "补录", "说明"},
	{"990683199003070014", "初审", "2026-03-01", "17", "2026-03-02 00:30:05", "是", "第一行\n第二行"},
	{"000123", `他说"同意",并签字`, "", "-3", "", "", ""},
	{"3-1", `'=HYPERLINK("http://example.invalid","点这里")`, "1999-12-31", "0", "", "", "'+1"},
	{"1e5", "'-2+3", "", "", "", "", "'@SUM(A1)"},
	{"'\uFF1D1+1", "'\t=1", "", "", "", "", "坏字节\uFFFD与控制符\uFFFD"},
}

func TestCSVReadsBack(t *testing.T) {
	var b bytes.Buffer
	if err := sample().CSV(&b); err != nil {
		t.Fatal(err)
	}
	body, marked := strings.CutPrefix(b.String(), "\xef\xbb\xbf")
	if !marked || strings.Count(body, "\n") != strings.Count(body, "\r\n") || !strings.HasSuffix(body, "\r\n") {
		t.Errorf("mark %v: %q", marked, body)
	}
	got, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil || !slices.EqualFunc(got, found, slices.Equal[[]string]) {
		t.Errorf("got %q, %v", got, err)
	}
}

func opened(t *testing.T, table *Table) *excelize.File {
	t.Helper()
	var b bytes.Buffer
	if err := table.XLSX(&b); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestXLSXReadsBack(t *testing.T) {
	f := opened(t, sample())
	rows, err := f.GetRows("Sheet1", excelize.Options{RawCellValue: true})
	if err != nil || len(rows) != len(found)+3 || rows[0][0] != "责任清单" {
		t.Fatalf("rows %q, %v", rows, err)
	}
	for i, want := range found {
		got := rows[i+1]
		for len(got) < len(want) {
			got = append(got, "")
		}
		if !slices.Equal(got, want) {
			t.Errorf("row %d: %q, want %q", i, got, want)
		}
	}
	if notes := rows[len(found)+1:]; notes[0][0] != "仅供内部使用" || notes[1][0] != "'=1+1" {
		t.Errorf("notes %q", notes)
	}
	for cell, want := range map[string]excelize.CellType{"A3": excelize.CellTypeInlineString, "C3": excelize.CellTypeInlineString,
		"D3": excelize.CellTypeUnset, "B5": excelize.CellTypeInlineString} {
		kind, err := f.GetCellType("Sheet1", cell)
		formula, _ := f.GetCellFormula("Sheet1", cell)
		if err != nil || kind != want || formula != "" {
			t.Errorf("%s is of type %v with formula %q, %v", cell, kind, formula, err)
		}
	}
}

func TestXLSXLooksLikeATable(t *testing.T) {
	f := opened(t, sample())
	panes, err := f.GetPanes("Sheet1")
	if err != nil || !panes.Freeze || panes.YSplit != 2 || panes.TopLeftCell != "A3" {
		t.Errorf("panes %+v, %v", panes, err)
	}
	for column, want := range map[string]float64{"A": 20, "G": 30, "F": 6, "B": 48} {
		if got, err := f.GetColWidth("Sheet1", column); err != nil || got != want {
			t.Errorf("column %s is %v wide, want %v, %v", column, got, want, err)
		}
	}
	merged, err := f.GetMergeCells("Sheet1")
	if err != nil || len(merged) != 3 || merged[0].GetStartAxis() != "A1" || merged[0].GetEndAxis() != "G1" {
		t.Errorf("merged %v, %v", merged, err)
	}
	if props, err := f.GetDocProps(); err != nil || props.Title != "责任清单" {
		t.Errorf("properties %+v, %v", props, err)
	}
}

func TestSameBytes(t *testing.T) {
	for name, write := range map[string]func(*Table, io.Writer) error{"csv": (*Table).CSV, "xlsx": (*Table).XLSX} {
		var first bytes.Buffer
		for i := range 5 {
			var b bytes.Buffer
			if err := write(sample(), &b); err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				first = b
			} else if !bytes.Equal(b.Bytes(), first.Bytes()) {
				t.Errorf("%s: the same table gave other bytes", name)
			}
		}
	}
}

// A table that cannot be written as it is, is refused whole.
func TestWhatDoesNotFit(t *testing.T) {
	column := []Column{{Title: "一"}}
	for name, table := range map[string]*Table{
		"no columns":        {},
		"a row too short":   {Columns: []Column{{Title: "一"}, {Title: "二"}}, Rows: [][]any{{"a"}}},
		"a row too long":    {Columns: column, Rows: [][]any{{"a", "b"}}},
		"an odd cell":       {Columns: column, Rows: [][]any{{3.5}}},
		"a text too long":   {Columns: column, Rows: [][]any{{strings.Repeat("字", 32768)}}},
		"too many columns":  {Columns: make([]Column, 1<<14+1)},
		"too many rows":     {Columns: column, Rows: make([][]any, 1<<20)},
		"a title too long":  {Columns: []Column{{Title: strings.Repeat("字", 32768)}}},
		"pairs count twice": {Columns: column, Rows: [][]any{{strings.Repeat("\U00020BB7", 16384)}}},
	} {
		var b bytes.Buffer
		if err := table.XLSX(&b); err == nil || b.Len() > 0 {
			t.Errorf("%s: XLSX wrote %d bytes, %v", name, b.Len(), err)
		}
		if err := table.CSV(io.Discard); err == nil {
			t.Errorf("%s: CSV was written", name)
		}
	}
	long := &Table{Columns: column, Rows: [][]any{{strings.Repeat("字", 32767)}}}
	f := opened(t, long)
	if got, err := f.GetCellValue("Sheet1", "A3"); err != nil || got != long.Rows[0][0] {
		t.Errorf("the longest text came back with %d bytes, %v", len(got), err)
	}
}

// What a sheet cannot hold in memory goes through a temporary file; its rows
// arrive all the same.
func TestManyRows(t *testing.T) {
	table := &Table{Title: "多", Columns: []Column{{Title: "号"}, {Title: "文"}}}
	for i := range 50000 {
		table.Rows = append(table.Rows, []any{fmt.Sprintf("%06d", i), strings.Repeat("长", 120)})
	}
	f := opened(t, table)
	if got, err := f.GetCellValue("Sheet1", "A50002"); err != nil || got != "049999" {
		t.Errorf("the last row begins with %q, %v", got, err)
	}
}

// A failing reader is told, not ignored.
func TestReaderGone(t *testing.T) {
	for name, write := range map[string]func(*Table, io.Writer) error{"csv": (*Table).CSV, "xlsx": (*Table).XLSX} {
		if err := write(sample(), broken{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

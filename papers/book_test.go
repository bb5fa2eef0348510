package papers

import (
	"bytes"
	"encoding/csv"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func book() *Book {
	return &Book{Title: "季度", Part: "部分", Tables: []*Table{
		{Title: "备案", Columns: []Column{{Title: "序号"}, {Title: "支部"}}, Rows: [][]any{{1, "000123"}, {2, "=1+1"}}, Notes: []string{"说明"}},
		{Title: "抽中", Columns: []Column{{Title: "方式"}, {Title: "序号"}}, Rows: [][]any{{"列席", 2}}},
		{Title: "结果", Columns: []Column{{Title: "结论"}}},
	}}
}

func TestABookIsOneCSV(t *testing.T) {
	var b bytes.Buffer
	if err := book().CSV(&b); err != nil {
		t.Fatal(err)
	}
	body, marked := strings.CutPrefix(b.String(), "\ufeff")
	got, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	want := [][]string{{"部分", "序号", "支部", "方式", "结论"}, {"备案", "1", "000123", "", ""}, {"备案", "2", "'=1+1", "", ""}, {"抽中", "2", "", "列席", ""}}
	if err != nil || !marked || !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestABookIsAWorkbook(t *testing.T) {
	var b bytes.Buffer
	if err := book().XLSX(&b); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := f.GetSheetList(); !slices.Equal(got, []string{"备案", "抽中", "结果"}) {
		t.Fatalf("sheets %q", got)
	}
	for name, want := range map[string][][]string{"备案": {{"备案"}, {"序号", "支部"}, {"1", "000123"}, {"2", "'=1+1"}, {"说明"}},
		"抽中": {{"抽中"}, {"方式", "序号"}, {"列席", "2"}}, "结果": {{"结果"}, {"结论"}}} {
		rows, err := f.GetRows(name)
		for i := range rows {
			rows[i] = slices.DeleteFunc(rows[i], func(cell string) bool { return cell == "" })
		}
		if err != nil || !slices.EqualFunc(rows, want, slices.Equal) {
			t.Errorf("%s: %q, %v", name, rows, err)
		}
	}
}

func TestABookIsTheSameBytes(t *testing.T) {
	var first bytes.Buffer
	for i := range 20 {
		var b bytes.Buffer
		if err := book().XLSX(&b); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = b
		} else if !bytes.Equal(b.Bytes(), first.Bytes()) {
			t.Fatal("the same book gave other bytes")
		}
	}
	if err := book().XLSX(broken{}); err == nil {
		t.Error("nobody is told that the reader is gone")
	}
}

func TestABookThatDoesNotFit(t *testing.T) {
	for what, spoil := range map[string]func(*Book){
		"two of a name":  func(b *Book) { b.Tables[1].Title = "备案" },
		"no name":        func(b *Book) { b.Tables[0].Title = "" },
		"a name too far": func(b *Book) { b.Tables[2].Title = strings.Repeat("长", 32) },
		"no columns":     func(b *Book) { b.Tables[2].Columns = nil },
		"a short row":    func(b *Book) { b.Tables[0].Rows[1] = []any{1} },
	} {
		b, w := book(), &bytes.Buffer{}
		spoil(b)
		if err := b.XLSX(w); err == nil || w.Len() > 0 {
			t.Errorf("%s: no error, or %d bytes", what, w.Len())
		}
	}
	b := book()
	b.Tables[0].Columns[1].Title = "序号"
	if err := b.CSV(io.Discard); err == nil {
		t.Error("two columns of a name in one table of a CSV")
	}
}

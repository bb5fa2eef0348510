package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"jinchu/register"
	"jinchu/store"
)

func logLocked(t *testing.T, d *Database) {
	w := begin(t, d)
	w.Open(0)
	_, err := w.Act(w.Open(1), "spoil")
	refused(t, err, "stage")
	for _, text := range []string{
		`UPDATE events SET payload = leaf`, `UPDATE events SET seq = seq WHERE seq = 1`, `DELETE FROM events WHERE seq = 1`,
		`UPDATE refusals SET codes = ''`, `DELETE FROM refusals`,
	} {
		if _, err := d.Raw.Exec(text); err == nil || !strings.Contains(err.Error(), "never changed") {
			t.Errorf("%s: %v", text, err)
		}
	}
	w.clean()
}

// lived is a world in which everything has happened that can.
func lived(t *testing.T, d *Database) *World {
	w := begin(t, d)
	one, two := w.Open(0), w.Open(1)
	w.openUnder(2, one)
	w.Must(one, "note")
	w.Must(one, "issue")
	w.Must(one, "spoil")
	w.Must(one, "issue")
	w.Must(two, "issue")
	w.Must(two, "consume")
	w.Must(two, "promote")
	w.Must(w.Open(4), "finish")
	kin := person(5, register.Full)
	kin.IDHash = "hash"
	w.Record(kin, register.NewKin(personID(5), personID(6), register.Spouse))
	return w
}

func verifyHolds(t *testing.T, d *Database) {
	w := lived(t, d)
	id := w.Open(7)
	stop, done := make(chan struct{}), make(chan error, 1)
	go func() { // acts go on while it verifies
		for {
			select {
			case <-stop:
				done <- nil
				return
			default:
			}
			if _, err := w.Act(id, "note"); err != nil {
				done <- err
				return
			}
		}
	}()
	for range 10 {
		w.clean()
	}
	close(stop)
	expect(t, <-done, nil)
	report := w.clean()
	if report.Counties != 1 || report.Cases != 5 || report.Subjects != 15 || report.Events < 30 {
		t.Errorf("the report says %+v", report)
	}
}

// findings are what verification finds.
func (w *World) findings() []store.Finding {
	w.T.Helper()
	report, err := w.Store.Verify(context.Background(), w.Engine, nil)
	if err != nil {
		w.T.Fatal(err)
	}
	return report.Findings
}

// chainOf are the columns that say which chain a row belongs to.
var chainOf = map[string]func(row map[string]any) string{
	"events":   func(r map[string]any) string { return shown(r["chain"]) },
	"cases":    func(r map[string]any) string { return shown(r["id"]) },
	"register": func(r map[string]any) string { return shown(r["kind"]) + ":" + shown(r["id"]) },
	"claims":   func(r map[string]any) string { return shown(r["case_id"]) },
}

func shown(v any) string {
	if b, ok := v.([]byte); ok {
		return string(b)
	}
	return fmt.Sprint(v)
}

func verifyFinds(t *testing.T, d *Database) {
	w := lived(t, d)
	w.clean()
	for _, stmt := range d.Unlock {
		if _, err := d.Raw.Exec(stmt); err != nil {
			t.Fatal(err)
		}
	}
	for _, table := range []string{"events", "cases", "register", "claims"} {
		rows := d.rows(table)
		for _, i := range []int{0, len(rows) / 2, len(rows) - 1} {
			for column := range rows[i] {
				d.tampered(w, table, column, rows[i])
			}
		}
	}
	w.clean()
}

// rows are all rows of a table, in the order of its key.
func (d *Database) rows(table string) (out []map[string]any) {
	d.T.Helper()
	rows, err := d.Raw.Queryx(`SELECT * FROM ` + table + ` ORDER BY 1, 2, 3`)
	if err != nil {
		d.T.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		row := map[string]any{}
		if err := rows.MapScan(row); err != nil {
			d.T.Fatal(err)
		}
		out = append(out, row)
	}
	return out
}

// tampered changes one value as little as possible, expects verification to
// name the row's chain, or the one it was moved to, and changes it back.
func (d *Database) tampered(w *World, table, column string, row map[string]any) {
	d.T.Helper()
	changed := map[string]any{}
	for k, v := range row {
		changed[k] = v
	}
	changed[column] = tamper(row[column])
	if column == "state" { // the table takes no other words
		changed[column] = map[bool]string{true: "used", false: "void"}[shown(row[column]) == "void"]
	}
	if err := d.replace(table, column, row, changed[column]); err != nil {
		d.T.Fatalf("%s.%s: %v", table, column, err)
	}
	found := w.findings()
	was, is := chainOf[table](row), chainOf[table](changed)
	if !slices.ContainsFunc(found, func(f store.Finding) bool { return f.Chain == was || f.Chain == is }) {
		d.T.Errorf("%s.%s changed from %.80q to %.80q: found %v", table, column, row[column], changed[column], found)
	}
	if table == "events" && column != "chain" && column != "county" && column != "seq" &&
		(found[0].Chain != was || shown(found[0].Seq) != shown(row["seq"])) {
		d.T.Errorf("%s.%s of %s/%v: the first finding is %s", table, column, was, row["seq"], found[0])
	}
	if err := d.replace(table, column, changed, row[column]); err != nil {
		d.T.Fatalf("%s.%s back: %v", table, column, err)
	}
}

// keys are the primary keys.
var keys = map[string][]string{
	"events": {"county", "chain", "seq"}, "cases": {"county", "id"}, "register": {"county", "kind", "id"}, "claims": {"county", "kind", "key"},
}

func (d *Database) replace(table, column string, row map[string]any, value any) error {
	text, args := `UPDATE `+table+` SET `+column+` = ? WHERE 1 = 1`, []any{value}
	for _, key := range keys[table] {
		text, args = text+` AND `+key+` = ?`, append(args, row[key])
	}
	result, err := d.Raw.Exec(d.Raw.Rebind(text), args...)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); n != 1 || err != nil {
		return fmt.Errorf("%d rows changed, %w", n, err)
	}
	return nil
}

// tamper changes one bit or so.
func tamper(v any) any {
	switch v := v.(type) {
	case int64:
		return v + 100
	case bool:
		return !v
	case string:
		if v == "" {
			return "x"
		}
		return v[:len(v)-1] + "~" // which no identifier here ends in
	case []byte:
		w := slices.Clone(v)
		w[len(w)/2] ^= 1
		return w
	}
	return "x"
}

func verifyMissing(t *testing.T, d *Database) {
	w := lived(t, d)
	for _, stmt := range d.Unlock {
		if _, err := d.Raw.Exec(stmt); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ name, do string }{
		{"a cut tail", `DELETE FROM events WHERE chain = 'person:p-05' AND seq = 2`},
		{"a missing first event", `DELETE FROM events WHERE chain = 'org:branch'`},
		{"a missing row of the register", `DELETE FROM register WHERE kind = 'pool'`},
		{"an additional row of the register", `INSERT INTO register SELECT county, kind, 'zz', seq, head, body, org, person, other, lookup FROM register WHERE id = 'p-03'`},
		{"a missing claim", `DELETE FROM claims WHERE key = 's1'`},
		{"an additional claim", `INSERT INTO claims SELECT county, kind, 's9', case_id, person, state FROM claims WHERE key = 's2'`},
		{"a claim of nobody", `INSERT INTO claims SELECT county, kind, 's8', 'nobody', person, state FROM claims WHERE key = 's2'`},
		{"a missing case row", `DELETE FROM cases WHERE parent <> ''`},
		{"an additional case row", `INSERT INTO cases SELECT county, 'zzz', workflow, parent, person, org, path, stage, stage_on, opened_on, seq,
			ended, due_on, due_action, head FROM cases WHERE ended`},
		{"a missing case", `DELETE FROM events WHERE chain IN (SELECT id FROM cases WHERE ended AND id <> 'zzz')`},
	} {
		before := len(w.findings())
		if _, err := d.Raw.Exec(c.do); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if after := len(w.findings()); after <= before {
			t.Errorf("%s was not found", c.name)
		}
	}
	if f := w.findings(); !slices.ContainsFunc(f, func(f store.Finding) bool { return f.Chain == "zzz" }) {
		t.Errorf("found %v", f)
	}
}

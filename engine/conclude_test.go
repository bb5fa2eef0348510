package engine

import (
	"encoding/json"
	"testing"

	"jinchu/register"
)

func TestARosterIsWrittenAsJSONWritesIt(t *testing.T) {
	for _, r := range []Roster{{}, {{Person: "m-01", Standing: register.Full, Vote: true}, {Person: "p-x", Standing: register.Probationary}}} {
		want, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.appendJSON(nil); string(got) != string(want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

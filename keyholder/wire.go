package keyholder

import (
	"encoding/json"
	"net/http"

	"jinchu/sampling"
)

// The three things that a holder can be asked for.
const (
	askCommitment = "commitment"
	askShare      = "share"
	askKey        = "key"
)

// answer is the body of an answer: it repeats what was asked.
type answer struct {
	Party   string           `json:"party"`
	Quarter sampling.Quarter `json:"quarter"`
	What    string           `json:"what"`             // commitment, share or key
	Number  int              `json:"number,omitempty"` // of a share
	Value   string           `json:"value"`            // 64 lower-case hex digits
}

// problem is an error as RFC 9457 has it, in Chinese and in English.
type problem struct {
	Type     string `json:"type"`
	Title    string `json:"title"`
	Status   int    `json:"status"`
	Code     string `json:"code"`
	Detail   string `json:"detail"`
	DetailEn string `json:"detail_en"`
	Next     int    `json:"next,omitempty"` // of not-next: the number that may be asked for
}

// The codes of the problems.
const (
	codeToken       = "bad-token"
	codeRoute       = "no-route"
	codeQuarter     = "bad-quarter"
	codeNumber      = "bad-number"
	codeNext        = "not-next"
	codeEarly       = "too-early"
	codeUnavailable = "unavailable"
)

// kinds is the table from codes to statuses and titles.
var kinds = map[string]struct {
	status int
	title  string
}{
	codeToken:       {http.StatusUnauthorized, "令牌无效 the token is not known"},
	codeRoute:       {http.StatusNotFound, "没有这个地址 no such address"},
	codeQuarter:     {http.StatusBadRequest, "季度有误 the quarter is not right"},
	codeNumber:      {http.StatusBadRequest, "编号有误 the number is not right"},
	codeNext:        {http.StatusConflict, "编号不得跳过 numbers may not be left out"},
	codeEarly:       {http.StatusForbidden, "季度尚未结束 the quarter is not over"},
	codeUnavailable: {http.StatusServiceUnavailable, "暂时无法答复 not available now"},
}

func newProblem(code, zh, en string) *problem {
	k := kinds[code]
	return &problem{Type: "/problems/" + code, Title: k.title, Status: k.status, Code: code, Detail: zh, DetailEn: en}
}

func (p *problem) write(w http.ResponseWriter) {
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	write(w, p.Status, "application/problem+json", p)
}

// write sends a body that no cache keeps.
func write(w http.ResponseWriter, status int, kind string, body any) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// The status is out; a reader that has gone cannot be told more.
	_ = json.NewEncoder(w).Encode(body)
}

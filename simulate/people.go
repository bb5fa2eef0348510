package simulate

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"strings"

	"jinchu/calendar"
	"jinchu/register"
)

// surnames of made-up people: the common ones, and at the end some written
// with characters that break programs which count bytes, think in 16 bits or
// know only GB 2312.
var surnames = strings.Fields(`
	王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙 马 朱 胡 郭 何 林 高 罗 郑 梁 谢 宋 唐 许 韩 冯 邓 曹 彭 曾 肖 田 董 潘 袁 蔡 蒋 余
	于 杜 叶 程 魏 苏 吕 丁 任 卢 姚 沈 钟 姜 崔 谭 陆 范 汪 廖 石 金 韦 贾 夏 付 方 邹 熊 白 孟 秦 邱 侯 江 尹 薛 闫 段 雷
	龙 黎 史 陶 贺 毛 郝 顾 龚 邵 万 覃 武 钱 戴 严 莫 孔 向 常 欧阳 上官 诸葛 司马
	㑇 㛃 䶮 𠮷 喆 玥 䥽 𨱏 𬭚 翀 昇 堃 璟 赟 烜 贠 缑 仉 逄 禤`)

// rare is how many of the surnames are the rare ones.
const rare = 20

// madeUp makes people that do not exist, each with an identifier, a name and
// an ID number of their own; the names repeat, as they do.
type madeUp struct {
	county register.CountyID
	keys   *register.Keys
}

// name is a surname and 示例.
func name(r *rand.Rand) string {
	list := surnames[:len(surnames)-rare]
	if r.IntN(12) == 0 {
		list = surnames[len(surnames)-rare:]
	}
	return one(r, list) + "示例"
}

// person makes somebody between two ages on a day.
func (m *madeUp) person(r *rand.Rand, least, most int, on calendar.Date) *register.Person {
	p := &register.Person{
		ID: register.PersonID("p-" + randomID(r, 16)), Name: name(r), Sex: one(r, []string{"1", "1", "2"}),
		Ethnicity: one(r, []string{"01", "01", "01", "01", "01", "01", "01", "03", "15", "11"}),
		Education: one(r, []string{"21", "31", "31", "41", "61", "61", "71"}),
		Work:      one(r, []string{"farmer", "farmer", "farmer", "worker", "teacher", "doctor", "trader", "official"}),
		Birth:     on.AddYears(-least).AddDays(-r.IntN((most-least)*365 + 1)),
		Standing:  register.Outside,
	}
	return p
}

// sealed returns the person with the n-th made-up ID number, if there are keys.
func (m *madeUp) sealed(p *register.Person, n int) (*register.Person, error) {
	if m.keys == nil {
		return p, nil
	}
	number, err := register.ParseID(idNumber(n, p.Birth, p.Sex), p.Birth, true)
	if err != nil {
		return nil, fmt.Errorf("made-up ID number %d: %w", n, err)
	}
	// What the number is sealed with follows from the keyed hash, so that it is
	// the same in every run and never serves two numbers.
	nonce := sha256.Sum256([]byte("simulate|" + string(p.ID) + "|" + m.keys.Hash(m.county, number)))
	return p.WithID(m.keys, m.county, number, nonce[:register.NonceLen])
}

// idNumber is the n-th number: 99 for no area, then n spread over the rest of
// the area and the serial of the day, whose last digit says the sex. It is
// nobody else's for any n below five million.
func idNumber(n int, birth calendar.Date, sex string) string {
	serial := n / 10000 * 2 % 1000
	if sex == "1" {
		serial++
	}
	digits := fmt.Sprintf("99%04d%s%03d", n%10000, strings.ReplaceAll(birth.String(), "-", ""), serial)
	return digits + string(register.CheckDigit(digits))
}

// member makes a full member of some years.
func (m *madeUp) member(r *rand.Rand, org register.OrgID, on calendar.Date) *register.Person {
	p := m.person(r, 26, 70, on)
	joined := calendar.Max(p.Birth.AddYears(20+r.IntN(5)), on.AddYears(-45))
	p.Org, p.Standing, p.Since, p.PartyAge = org, register.Full, joined, joined
	return p
}

package simulate

import (
	"jinchu/calendar"
	"jinchu/engine"
	. "jinchu/workflows"
)

// staysInProbation is a cancellation proposed in probation. It reports whether
// nothing came of it and life goes on.
func (l *life) staysInProbation() bool {
	l.wait(5, 20)
	if !l.decide(l.branch.secretary, ProposeCancellation, is(CancelReason, "预备期内长期不参加组织生活")) ||
		!l.meets(meeting{passes: !l.slips(notAdopted), hearing: true, unheard: unheardProposed}) {
		return false
	}
	return l.stage == Probationary.Key || !l.isDecidedAbove() && l.stage == Probationary.Key
}

// isResolved is the meeting on conversion and the approval. It reports whether
// the person is a full member.
func (l *life) isResolved(least calendar.Date) bool {
	m := l.resolution(least)
	for {
		if !l.meets(m) {
			return false
		}
		m.passes, m.slips = true, nil
		if l.stage == ConversionNotAdopted.Key {
			l.wait(10, 40)
			continue
		}
		if l.stage == VotedCancel.Key || !l.slips(convertRefused) {
			return l.isDecidedAbove()
		}
		l.wait(3, 30)
		if !l.isRefused("党委会审议未同意支部决议") {
			return false
		}
	}
}

// resolution is what the meeting resolves.
func (l *life) resolution(least calendar.Date) meeting {
	m := meeting{more: give(is(Resolution, "convert")), least: least}
	switch {
	case l.isUpheld && (l.isExtended || l.isFraud), !l.isUpheld && l.slips(resolvedCancel):
		m.more = give(is(Resolution, "cancel"), is(CancelReason, "预备期内不履行党员义务"))
		m.hearing, m.unheard = true, unheardPerson
	case !l.isExtended && (l.isUpheld || l.slips(resolvedExtend)):
		l.extension = l.param(ExtensionMin) + l.rand.IntN(l.param(ExtensionMax)-l.param(ExtensionMin)+1)
		m.more = give(is(Resolution, "extend"), is(ExtendMonths, int64(l.extension)))
		m.slips = append(m.slips, but(extendedShort, is(ExtendMonths, int64(l.param(ExtensionMin)-1))))
		if l.isUpheld {
			m.slips = append(m.slips, but(convertUpheld, is(Resolution, "convert"), none(ExtendMonths)))
		}
	default:
		m.slips = append(m.slips, but(secondExtension, is(Resolution, "extend"), is(ExtendMonths, int64(6))).only(l.isExtended))
		m.early = l.on.AddDays(l.param(FilingLeadDays)+16).Before(least) && l.slips(convertEarly)
	}
	m.passes = !l.slips(notAdopted)
	return m
}

func (l *life) isRefused(why string) bool {
	return l.do(l.officer(signs), RefuseConversion, give(is(RefuseReason, why)))
}

// isDecidedAbove is what the committee makes of the resolution. It reports
// whether the person is a full member.
func (l *life) isDecidedAbove() bool {
	voted := l.since
	l.wait(5, 40)
	switch l.stage {
	case VotedExtend.Key:
		if l.do(l.officer(signs), ApproveExtension, l.seats()) {
			l.ends, l.isExtended, l.isUpheld = l.ends.AddMonths(l.extension), true, false
		} else if l.refusedFor("no-open-check") {
			l.isRefused("抽查不合格")
		}
		return false
	case VotedCancel.Key:
		if l.slips(cancelRefused) {
			l.isRefused("取消资格理由不充分")
			return false
		}
		l.do(l.officer(signs), ApproveCancellation, l.seats(), but(outvotedLater, is(CommitteeYes, int64(4))))
		return false
	}
	if l.slips(convertReturn) && !l.isReturnedLater() {
		return false
	}
	approve := step{who: l.officer(signs), action: ApproveConversion.Key, fields: merged(l.seats(), nil)}
	if l.slips(convertLate) {
		l.waitUntil(voted.AddMonths(l.param(ConversionMonths)).AddDays(3 + l.rand.IntN(20)))
		if o := l.try(approve); o != refused {
			return o == done
		}
		approve.reason = "党委会未能按期召开"
	}
	if l.isTakenUp() && l.must(approve) {
		return true
	}
	if l.refusedFor("no-open-check") {
		l.isRefused("抽查不合格")
	}
	return false
}

// isReturnedLater returns the papers of a conversion and brings them in order.
func (l *life) isReturnedLater() bool {
	defects := []engine.Item{{Key: "1", Text: "转正申请书未签名"}}
	if !l.do(l.officer(reviews), ReturnConversion, give(is(Defects, defects))) {
		return false
	}
	l.wait(4, 25)
	if !l.do(l.branch.second, RectifyConversion, give(is(Rectified, []engine.Item{{Key: "1", Text: "已补签"}}))) {
		return false
	}
	l.wait(2, 12)
	return true
}

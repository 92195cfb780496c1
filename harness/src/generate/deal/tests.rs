use super::*;
use crate::catalogue::Catalogue;

fn dealer(seed: u64) -> Dealer {
    Dealer::new(seed, Revision::ALL.map(Scene::full).to_vec())
}

fn catalogue() -> (Requirements, Models) {
    let Catalogue { cases, requirements, .. } = Catalogue::built_in().unwrap();
    (requirements, Models::of(&cases))
}

fn all(dealer: &Dealer, count: usize) -> Vec<Made> {
    (0..count).filter_map(|number| dealer.deal(number)).map(|it| it.made).collect()
}

#[test]
fn the_same_seed_deals_the_same_messages() {
    let first = all(&dealer(1), 140);
    assert_eq!(first.len(), 138, "two of the stateless revision cannot be");
    assert_eq!(first, all(&dealer(1), 140));
    assert_ne!(first, all(&dealer(2), 140));
    let different = |made: &&Made| first.iter().filter(|other| other == made).count() == 1;
    assert!(first.iter().filter(different).count() > 120, "most of them differ");
}

#[test]
fn every_family_and_revision_gets_its_share() {
    let (requirements, models) = catalogue();
    let dealer = dealer(3);
    let cases: Vec<Case> = (0..320)
        .filter_map(|it| dealer.deal(it))
        .map(|it| it.case(&requirements, &models))
        .collect();
    for case in &cases {
        let named = requirements.get(&case.requirement);
        let applies = named.is_some_and(|it| it.revisions().contains(&case.revisions[0]));
        assert!(applies, "{}: {}", case.id, case.requirement);
    }
    for family in Family::ALL {
        let prefix = format!("generated/{family}/");
        let of = |case: &&Case| case.id.starts_with(&prefix);
        let count = if family == Family::Feature { 15 } else { 20 };
        assert_eq!(cases.iter().filter(of).count(), count, "{family}");
    }
    for revision in Revision::ALL {
        let of = |case: &&Case| case.revisions == [revision];
        let count = if revision.is_modern() { 75 } else { 80 };
        assert_eq!(cases.iter().filter(of).count(), count, "{revision}");
    }
}

/// Tries simpler messages until there are none, as long as they are of this kind.
fn simplest(dealer: &Dealer, number: usize, kept: impl Fn(&Made) -> bool) -> Made {
    let mut best = dealer.deal(number).unwrap().made;
    let mut answers = Vec::new();
    while let Some(dealt) = dealer.simpler(number, &answers).filter(|_| answers.len() < 64) {
        let made = dealt.made;
        answers.push(kept(&made));
        if kept(&made) {
            best = made;
        }
    }
    best
}

#[test]
fn a_message_shrinks_to_its_defect() {
    let dealer = dealer(4);
    for number in 0..140 {
        let Some(dealt) = dealer.deal(number) else { continue };
        let class = dealt.made.defect.class;
        let made = simplest(&dealer, number, |made| made.defect.class == class);
        assert!(made.neutral.is_empty() && made.blank.is_empty(), "{number}: {made:?}");
        assert!(made.defect.edits.len() <= 4, "{number}: {made:?}");
        assert_eq!(made.defect.class, class);
    }
}

#[test]
fn a_target_without_tools_gets_no_calls() {
    let scene = Scene { revision: Revision::V2025_11_25, offers: Vec::new() };
    let dealer = Dealer::new(5, vec![scene]);
    let made: Vec<Dealt> = (0..140).filter_map(|number| dealer.deal(number)).collect();
    assert_eq!(made.len(), 123);
    assert!(made.iter().all(|dealt| !matches!(dealt.family, Family::Tool | Family::Call)));
    assert!(Dealer::new(5, Vec::new()).deal(0).is_none());
}

#[test]
fn an_id_holds_its_number() {
    assert_eq!(Dealer::id(18), "generated/id/0018");
    assert_eq!(Dealer::number("generated/id/0018"), Some(18));
    assert_eq!(Dealer::number("jsonrpc/id/bool"), None);
}

#[test]
fn the_case_file_of_a_message_sends_the_same() {
    let (requirements, models) = catalogue();
    for number in 0..560 {
        let Some(dealt) = dealer(6).deal(number) else { continue };
        let case = dealt.case(&requirements, &models);
        let text = crate::case::text::file(&case);
        let again = crate::case::file::parse(&text, &case.id, "generated.toml", &requirements)
            .unwrap_or_else(|error| panic!("{error}\n{text}"));
        let sent = |case: &Case| {
            let it = &case.stimulus;
            let around = (it.before.clone(), it.session, it.credentials, it.class);
            (it.recipe.clone(), around, case.needs.clone(), case.transports.clone())
        };
        assert_eq!(sent(&again), sent(&case), "{text}");
        assert_eq!(again.revisions, case.revisions, "{text}");
        assert_eq!(again.expectation, case.expectation, "{text}");
    }
}

#[test]
fn what_is_like_a_case_is_of_its_class_and_has_its_replies() {
    let catalogue = Catalogue::built_in().unwrap();
    let models = Models::of(&catalogue.cases);
    let mut seen = std::collections::BTreeSet::new();
    for made in all(&dealer(7), 6000) {
        let like = made.defect.like;
        let Some(case) = catalogue.cases.iter().find(|case| case.id == like) else {
            assert_eq!(like, "", "there is no such case");
            continue;
        };
        seen.insert(like);
        assert_eq!(case.stimulus.class, made.defect.class, "{like}: {made:?}");
        let expectation = models.like(like).unwrap();
        assert_eq!(expectation.replies, case.expectation.replies);
        assert!(expectation.any_revision && made.defect.replies.is_empty());
    }
    assert!(seen.len() > 20, "only {seen:?}");
}

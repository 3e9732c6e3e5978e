//! Finding a title from a few of its letters.

/// How well a query fits a title: higher is better, `None` when a letter of the query is missing.
///
/// Letters must occur in their order; those that begin a word or follow each other count more.
pub fn fuzzy(query: &str, title: &str) -> Option<i32> {
    let title: Vec<char> = title.to_lowercase().chars().collect();
    let mut score = 0;
    let mut at = 0;
    let mut last = None;
    for letter in query
        .to_lowercase()
        .chars()
        .filter(|letter| !letter.is_whitespace())
    {
        let found = at + title[at..].iter().position(|&other| other == letter)?;
        let begins = found == 0 || !title[found - 1].is_alphanumeric();
        let follows = last.is_some_and(|last: usize| last + 1 == found);
        score += 1 + if begins { 8 } else { 0 } + if follows { 5 } else { 0 };
        score -= (found - at).min(10) as i32;
        last = Some(found);
        at = found + 1;
    }
    Some(score)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_prefers_the_beginnings_of_words() {
        assert!(fuzzy("xyz", "Restart").is_none());
        assert!(fuzzy("rns", "Restart with a new seed") > fuzzy("rns", "Parameters in a set"));
        assert!(fuzzy("", "anything").is_some());
        assert!(fuzzy("undo", "Undo") > fuzzy("undo", "Sound of do"));
    }
}

//! A tournament of losers (Knuth 5.4.1): finds the smallest of k heads with
//! log2 k comparisons a step, each against a fixed opponent, which is fewer than
//! a binary heap needs.

/// Players are numbered from 0; `before(a, b)` must be a strict total order.
#[derive(Debug)]
pub struct Tournament {
    /// The loser of each match; the overall winner is in slot 0.
    slots: Vec<u32>,
}

impl Tournament {
    /// Plays all matches once.
    pub fn new(players: usize, before: impl Fn(usize, usize) -> bool) -> Self {
        let mut slots = vec![0_u32; players.max(1)];
        let mut winners = vec![0_u32; 2 * players.max(1)];
        for player in 0..players {
            winners[players + player] = player as u32;
        }
        for node in (1..players).rev() {
            let (left, right) = (winners[2 * node], winners[2 * node + 1]);
            let left_wins = before(left as usize, right as usize);
            winners[node] = if left_wins { left } else { right };
            slots[node] = if left_wins { right } else { left };
        }
        slots[0] = winners[1];
        Self { slots }
    }

    #[inline]
    pub fn winner(&self) -> usize {
        self.slots[0] as usize
    }

    /// Plays the winner's matches again, after it got a new head.
    #[inline]
    pub fn replay(&mut self, before: impl Fn(usize, usize) -> bool) {
        let mut winner = self.slots[0];
        let mut node = usize::midpoint(winner as usize, self.slots.len());
        while node > 0 {
            let other = self.slots[node];
            if before(other as usize, winner as usize) {
                self.slots[node] = winner;
                winner = other;
            }
            node /= 2;
        }
        self.slots[0] = winner;
    }
}

#[cfg(test)]
mod tests {
    use super::Tournament;

    #[test]
    fn draws_in_order_for_every_number_of_players() {
        for players in 1..20_usize {
            let mut heads: Vec<usize> = (0..players).map(|p| (p * 7) % 5).collect();
            let mut drawn = Vec::new();
            let order = |h: &Vec<usize>, a: usize, b: usize| (h[a], a) < (h[b], b);
            let mut tree = Tournament::new(players, |a, b| order(&heads, a, b));
            while heads[tree.winner()] < 40 {
                let winner = tree.winner();
                drawn.push(heads[winner]);
                heads[winner] += 1 + winner % 3;
                tree.replay(|a, b| order(&heads, a, b));
            }
            assert!(drawn.is_sorted());
            assert!(drawn.len() >= players);
        }
    }
}

"""Form 6-K, read from words: each module one idea, each rule one function with the number of its page."""

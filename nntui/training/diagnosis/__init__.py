"""What is wrong with a training run, in plain words: rules over a few statistics, taken now and then as it trains."""

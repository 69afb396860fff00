"""Which step comes next when the bot and a person arrange things. Pure: state and an event in, the next state out."""

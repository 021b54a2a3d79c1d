"""服务专班 taskforces: the "1+1+1+N" teams that follow achievements and needs up."""

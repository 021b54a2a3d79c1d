"""科技信贷白名单 credit (the rule half of A6.7): a rule run over all enterprises, confirmed by two, seen by banks."""

using Xunit.Sdk;
using Xunit.v3;

// Foreign peers on real clocks want the machine for themselves: one conversation at a time.
[assembly: Parallelization(Mode = ParallelMode.None)]

using Xunit.Sdk;
using Xunit.v3;

// Conversations mostly wait for real clocks: two of them share the machine.
[assembly: Parallelization(Mode = ParallelMode.All, MaxThreads = 2)]

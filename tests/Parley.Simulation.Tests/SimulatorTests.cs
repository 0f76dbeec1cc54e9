using Parley.Net;

namespace Parley.Simulation.Tests;

public class SimulatorTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Run_ScenarioAwaitsDelays_TimeJumpsAndThreadStays()
    {
        var simulator = new Simulator(1);
        var thread = Environment.CurrentManagedThreadId;
        simulator.Run(
            async () =>
            {
                Assert.Same(simulator.Context, SynchronizationContext.Current);
                await simulator.Delay(TimeSpan.FromHours(3));
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
                Assert.Same(simulator.Context, SynchronizationContext.Current);
                await Task.Yield();
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
            },
            TimeSpan.FromHours(4));

        Assert.Equal(TimeSpan.FromHours(3), simulator.Now - Instant.Zero);
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 3, 0, 0, TimeSpan.Zero), simulator.TimeProvider.GetUtcNow());
        Assert.NotSame(simulator.Context, SynchronizationContext.Current);
    }

    [Fact]
    public void Run_ScenarioThrows_ItsExceptionComesOut()
    {
        var simulator = new Simulator(1);
        Assert.Throws<InvalidDataException>(() => simulator.Run(
            async () =>
            {
                await simulator.Delay(s_second);
                throw new InvalidDataException();
            },
            TimeSpan.FromMinutes(1)));
        Assert.Throws<InvalidDataException>(() => simulator.Run(() => throw new InvalidDataException(), s_second));
    }

    [Fact]
    public void Run_ScenarioWithResult_ReturnsIt()
    {
        var simulator = new Simulator(1);
        Assert.Equal(7, simulator.Run(
            async () =>
            {
                await simulator.Delay(s_second);
                return 7;
            },
            TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void Run_ScenarioTakesTooLong_TimeoutNamesTheSeed()
    {
        var simulator = new Simulator(4711);
        var error = Assert.Throws<SimulationTimeoutException>(() =>
            simulator.Run(() => simulator.Delay(TimeSpan.FromMinutes(2)), TimeSpan.FromMinutes(1)));
        Assert.Contains("seed 4711", error.Message);
        Assert.Equal(4711UL, error.Seed);
    }

    [Fact]
    public void Run_ScenarioWaitsForNothing_SaysThatNothingIsLeft()
    {
        var simulator = new Simulator(5);
        var error = Assert.Throws<SimulationTimeoutException>(() => simulator.Run(() => new TaskCompletionSource().Task, s_second));
        Assert.Contains("nothing is left", error.Message);
    }

    [Fact]
    public void RunUntil_ConditionComesToHold_StopsThere()
    {
        var simulator = new Simulator(1);
        var count = 0;
        using var timer = simulator.TimeProvider.CreateTimer(_ => count++, null, s_second, s_second);
        simulator.RunUntil(() => count == 3, TimeSpan.FromMinutes(1));
        Assert.Equal(3, (simulator.Now - Instant.Zero).TotalSeconds);

        var error = Assert.Throws<SimulationTimeoutException>(() => simulator.RunUntil(() => count < 0, s_second));
        Assert.Contains("count < 0", error.Message);
    }

    [Fact]
    public void RunFor_NothingToDo_TimeAdvancesExactly()
    {
        var simulator = new Simulator(1);
        simulator.RunFor(TimeSpan.FromMilliseconds(1500));
        Assert.Equal(1_500_000_000, simulator.Now.Nanoseconds);
    }

    [Fact]
    public void RunUntilIdle_PeriodicTimer_IsNeverIdle()
    {
        var simulator = new Simulator(1);
        var timer = simulator.TimeProvider.CreateTimer(_ => { }, null, s_second, s_second);
        Assert.False(simulator.RunUntilIdle(TimeSpan.FromSeconds(10)));
        timer.Dispose();
        Assert.True(simulator.RunUntilIdle(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void Work_BeforeTime_RunsInOrder()
    {
        var simulator = new Simulator(1);
        var log = new List<string>();
        using var timer = simulator.TimeProvider.CreateTimer(_ => log.Add("timer"), null, TimeSpan.FromTicks(1), Timeout.InfiniteTimeSpan);
        simulator.Post(() =>
        {
            log.Add("a");
            simulator.Post(() => log.Add("c"));
        });
        simulator.Schedule(new Work(() =>
        {
            Assert.Null(SynchronizationContext.Current);
            log.Add("b");
        }));
        simulator.RunUntilIdle(s_second);
        Assert.Equal(["a", "b", "c", "timer"], log);
    }

    [Fact]
    public void Work_Throws_RunThrowsItAndCanGoOn()
    {
        var simulator = new Simulator(1);
        var after = false;
        simulator.Schedule(new Work(() => throw new InvalidDataException()));
        simulator.Post(() => after = true);
        Assert.Throws<InvalidDataException>(() => simulator.RunFor(s_second));
        simulator.RunFor(s_second);
        Assert.True(after);
    }

    [Fact]
    public void AsyncVoid_Throws_RunThrowsIt()
    {
        var simulator = new Simulator(1);
        simulator.Post(async () =>
        {
            await simulator.Delay(s_second);
            throw new InvalidDataException();
        });
        Assert.Throws<InvalidDataException>(() => simulator.RunFor(TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public void EndlessWorkAtOneInstant_IsStoppedAndNamesTheSeed()
    {
        var simulator = new Simulator(99) { MaxItemsPerInstant = 1000 };
        void Again() => simulator.Post(Again);
        simulator.Post(Again);
        var error = Assert.Throws<SimulationException>(() => simulator.RunFor(s_second));
        Assert.Contains("seed 99", error.Message);
    }

    [Fact]
    public void WorkFromAnotherThread_IsReportedUnlessAllowed()
    {
        var simulator = new Simulator(1);
        simulator.Post(() => OnAnotherThread(() => simulator.Post(() => { })));
        var error = Assert.Throws<SimulationException>(() => simulator.RunFor(s_second));
        Assert.Contains(nameof(WorkFromAnotherThread_IsReportedUnlessAllowed), error.Message);

        var tolerant = new Simulator(1) { AllowOtherThreads = true };
        var ran = false;
        tolerant.Post(() => OnAnotherThread(() => tolerant.Post(() => ran = true)));
        tolerant.RunFor(s_second);
        Assert.True(ran);
    }

    [Fact]
    public void RunInsideRun_IsRefused()
    {
        var simulator = new Simulator(1);
        simulator.Post(() => simulator.RunFor(s_second));
        Assert.Throws<InvalidOperationException>(() => simulator.RunFor(s_second));
    }

    [Fact]
    public void SteadyTraffic_AllocatesNothingPerDatagram()
    {
        var simulator = new Simulator(1);
        var (alice, bob) = (simulator.AddHost("alice"), simulator.AddHost("bob"));
        using var sender = alice.Platform.Network.Bind(new TransportAddress(alice.Addresses[0], 0));
        using var receiver = bob.Platform.Network.Bind(new TransportAddress(bob.Addresses[0], 0));
        var outgoing = new DatagramBatch();
        while (outgoing.TryAdd(new byte[1200], receiver.LocalAddress))
        {
        }

        var incoming = new DatagramBatch();
        var received = 0;
        void Turns(int count)
        {
            for (var i = 0; i < count; i++)
            {
                sender.Send(outgoing);
                simulator.RunFor(TimeSpan.FromMilliseconds(2));
                received += receiver.Receive(incoming);
                incoming.Clear();
            }
        }

        Turns(50);
        Assert.Equal(0, SteadyState.Allocates(() => Turns(40)));
        Assert.Equal(250 * outgoing.Count, received);
    }

    [Fact]
    public void AsyncLocal_SetByOnePieceOfWork_IsNotSeenByTheNext()
    {
        var simulator = new Simulator(1);
        var local = new AsyncLocal<int>();
        var seen = -1;
        simulator.Post(() => local.Value = 5);
        simulator.Post(() => seen = local.Value);
        simulator.RunFor(s_second);
        Assert.Equal(0, seen);
    }

    [Fact]
    public void ConfigureAwaitFalse_OnTimersAndScheduledWork_StaysOnTheThread()
    {
        var simulator = new Simulator(1);
        var thread = Environment.CurrentManagedThreadId;
        var seen = 0;
        async Task Library()
        {
            await simulator.Delay(s_second).ConfigureAwait(false);
            seen = Environment.CurrentManagedThreadId;
        }

        simulator.Run(Library, TimeSpan.FromMinutes(1));
        Assert.Equal(thread, seen);
    }

    private static void OnAnotherThread(ThreadStart work)
    {
        var thread = new Thread(work);
        thread.Start();
        thread.Join();
    }

    private sealed class Work(Action action) : IThreadPoolWorkItem
    {
        public void Execute() => action();
    }
}

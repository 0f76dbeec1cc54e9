namespace Parley.Simulation.Tests.Time;

public class VirtualTimerTests
{
    private readonly Simulator _simulator = new(1);

    [Fact]
    public void Timers_SetInAnyOrder_FireInOrderOfTimeThenOfSetting()
    {
        var fired = new List<int>();
        int[] dues = [30, 10, 20, 10, 0];
        for (var i = 0; i < dues.Length; i++)
        {
            var number = i;
            _simulator.TimeProvider.CreateTimer(_ => fired.Add(number), null, TimeSpan.FromMilliseconds(dues[i]), Timeout.InfiniteTimeSpan);
        }

        _simulator.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal([4, 1, 3, 2, 0], fired);
    }

    [Fact]
    public void Change_BeforeItFires_MovesIt()
    {
        var at = new List<double>();
        using var timer = _simulator.TimeProvider.CreateTimer(
            _ => at.Add(_simulator.Now.Nanoseconds / 1e6), null, TimeSpan.FromMilliseconds(10), Timeout.InfiniteTimeSpan);
        Assert.True(timer.Change(TimeSpan.FromMilliseconds(50), Timeout.InfiniteTimeSpan));
        _simulator.RunFor(TimeSpan.FromMilliseconds(100));
        Assert.True(timer.Change(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(2)));
        _simulator.RunFor(TimeSpan.FromMilliseconds(6));
        Assert.True(timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        _simulator.RunFor(TimeSpan.FromMilliseconds(100));
        Assert.Equal([50, 101, 103, 105], at);
    }

    [Fact]
    public void Dispose_BeforeItFires_SilencesIt()
    {
        var fired = false;
        var timer = _simulator.TimeProvider.CreateTimer(_ => fired = true, null, TimeSpan.FromMilliseconds(10), Timeout.InfiniteTimeSpan);
        timer.Dispose();
        Assert.False(timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan));
        _simulator.RunFor(TimeSpan.FromSeconds(1));
        Assert.False(fired);
    }

    [Fact]
    public void Cancellation_ByTimeout_HappensOnVirtualTime()
    {
        using var cancel = new CancellationTokenSource(TimeSpan.FromSeconds(5), _simulator.TimeProvider);
        _simulator.RunFor(TimeSpan.FromSeconds(4.9));
        Assert.False(cancel.IsCancellationRequested);
        _simulator.RunFor(TimeSpan.FromSeconds(0.1));
        Assert.True(cancel.IsCancellationRequested);
    }

    [Fact]
    public void PeriodicTimer_InAScenario_TicksOnVirtualTime()
    {
        var ticks = _simulator.Run(
            async () =>
            {
                using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), _simulator.TimeProvider);
                var count = 0;
                while (count < 10 && await timer.WaitForNextTickAsync())
                {
                    count++;
                }

                return count;
            },
            TimeSpan.FromMinutes(1));
        Assert.Equal(10, ticks);
        Assert.Equal(10_000_000_000, _simulator.Now.Nanoseconds);
    }

    [Fact]
    public void Agenda_RandomAddsMovesAndRemovals_KeepsTheOrder()
    {
        var random = Parley.Net.RandomSource.Seeded(9);
        var agenda = new Agenda();
        var items = Enumerable.Range(0, 200).Select(_ => new Item()).ToList();
        var present = new HashSet<Item>();
        for (var i = 0; i < 20_000; i++)
        {
            var item = items[random.Next(items.Count)];
            if (random.Next(3) == 0)
            {
                agenda.Remove(item);
                present.Remove(item);
            }
            else
            {
                agenda.Add(item, random.Next(50));
                present.Add(item);
            }

            Assert.Equal(present.Count, agenda.Count);
            if (i % 10 == 0)
            {
                Assert.Same(present.OrderBy(other => other.Due).ThenBy(other => other.Sequence).FirstOrDefault(), agenda.First);
            }
        }

        AgendaItem? previous = null;
        while (agenda.First is { } first)
        {
            Assert.True(previous is null || (previous.Due, previous.Sequence).CompareTo((first.Due, first.Sequence)) < 0);
            agenda.Remove(first);
            previous = first;
        }
    }

    private sealed class Item : AgendaItem
    {
        internal override void Happen()
        {
        }
    }
}

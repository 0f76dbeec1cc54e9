using Parley.Media;
using Parley.Net;
using Parley.Simulation;

namespace Parley.Tests;

/// <summary>"Queue a task" on a synchronization context of the user's.</summary>
public class EventQueueTests
{
    private readonly QueuedContext _context = new();

    [Fact]
    public void Tasks_Queued_ArePostedAtOnceOneForOne()
    {
        var connection = Make();
        var transceiver = connection.AddTransceiver(MediaKind.Audio);
        Assert.Equal(1, _context.Waiting);
        transceiver.Sender.GetParameters();
        Assert.Equal(2, _context.Waiting);
        connection.CreateOfferAsync();
        Assert.Equal(3, _context.Waiting);
        connection.Close();
    }

    [Fact]
    public void Task_QueuedByGetParameters_RunsBeforeWhatTheUserPostsAfterIt()
    {
        var connection = Make();
        var sender = connection.AddTransceiver(MediaKind.Audio).Sender;
        var parameters = sender.GetParameters();
        Task? late = null;
        _context.Post(_ => late = sender.SetParametersAsync(parameters), null);
        _context.RunAll();
        Assert.Equal(RtcErrorNames.InvalidStateError, Assert.IsType<RtcException>(late!.Exception!.InnerException).Name);
        connection.Close();
    }

    [Fact]
    public void Tasks_AmongThePostsOfTheUser_KeepTheirPlaces()
    {
        var connection = Make();
        var order = new List<string>();
        connection.NegotiationNeeded += (_, _) => order.Add("negotiationneeded");
        _context.Run(() =>
        {
            _context.Post(_ => order.Add("first"), null);
            connection.AddTransceiver(MediaKind.Audio);
            _context.Post(_ => order.Add("second"), null);
            _ = NoteAsync("offer", connection.CreateOfferAsync());
            _context.Post(_ => order.Add("third"), null);
        });
        _context.RunAll();
        
        // The check whether negotiation is needed came second, and found the chain occupied: it is made again once the offer is there.
        Assert.Equal(["first", "second", "offer", "third", "negotiationneeded"], order);
        connection.Close();

        async Task NoteAsync(string name, Task task)
        {
            await task;
            order.Add(name);
        }
    }

    [Fact]
    public void Promise_ThatATaskSettles_IsReactedToBeforeTheNextTask()
    {
        var connection = Make();
        var order = new List<string>();
        _context.Run(() => _ = FirstAsync());
        _context.RunAll();
        Assert.Equal(["description set", "gathering", "complete"], order.Distinct());
        connection.Close();

        async Task FirstAsync()
        {
            connection.AddTransceiver(MediaKind.Audio);
            connection.IceGatheringStateChanged += (_, _) => order.Add($"{connection.IceGatheringState}".ToLowerInvariant());
            await connection.SetLocalDescriptionAsync();
            order.Add("description set");
        }
    }

    [Fact]
    public void Batch_OnAContext_LetsNoTaskRunUntilItEnds()
    {
        var connection = Make();
        var seen = new List<int>();
        connection.NegotiationNeeded += (_, _) => seen.Add(connection.GetTransceivers().Count);
        connection.Batch(() =>
        {
            connection.AddTransceiver(MediaKind.Audio);
            _context.RunAll();
            connection.AddTransceiver(MediaKind.Video);
            _context.RunOne();
            Assert.Empty(seen);
        });
        _context.RunAll();
        Assert.Equal([2], seen);
        connection.Close();
    }

    [Fact]
    public void Task_WhosePostRunsWithinAnotherTask_WaitsForItsEnd()
    {
        // A dialog that a handler opens pumps the context.
        var connection = Make();
        var order = new List<string>();
        Task<SessionDescription>? offer = null;
        connection.NegotiationNeeded += (_, _) =>
        {
            offer = connection.CreateOfferAsync();
            _context.RunAll();
            order.Add($"handler ends, offer made: {offer.IsCompleted}");
        };
        connection.AddTransceiver(MediaKind.Audio);
        _context.RunAll();
        Assert.Equal(["handler ends, offer made: False"], order);
        Assert.True(offer!.IsCompletedSuccessfully);
        connection.Close();
    }

    [Fact]
    public async Task Tasks_OnAContextOfManyThreads_RunOneAtATimeInOrder()
    {
        const int messages = 2000;
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new SynchronizationContext());
        await using var alice = new PeerConnection(platform: Platform.Loopback);
        await using var bob = new PeerConnection(platform: Platform.Loopback);
        SynchronizationContext.SetSynchronizationContext(before);
        var received = new List<int>();
        var (inside, most) = (0, 0);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bob.DataChannelAdded += (_, args) => args.Channel.MessageReceived += (_, message) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref inside));
            received.Add(int.Parse(message.Text, System.Globalization.CultureInfo.InvariantCulture));
            Interlocked.Decrement(ref inside);
            if (received.Count == messages)
            {
                done.TrySetResult();
            }
        };
        var channel = alice.CreateDataChannel("numbers");
        channel.Opened += (_, _) =>
        {
            for (var i = 0; i < messages; i++)
            {
                channel.Send(i.ToString(System.Globalization.CultureInfo.InvariantCulture));
            }
        };
        Pair.Trickle(alice, bob);
        Pair.Trickle(bob, alice);
        await Pair.NegotiateAsync(alice, bob);
        await done.Task.WaitAsync(Patience.Limit);
        Assert.Equal(1, most);
        Assert.Equal(Enumerable.Range(0, messages), received);
    }

    private PeerConnection Make()
    {
        var simulator = new Simulator(1);
        PeerConnection? made = null;

        // The loop's turns are posts as well.
        var platform = simulator.AddHost("a").Platform with { Scheduler = new PostingScheduler(_context) };
        _context.Run(() =>
            made = new PeerConnection(new PeerConnectionConfiguration { Certificates = [TestCertificates.Alice] }, platform));
        return made!;
    }

    private sealed class PostingScheduler(QueuedContext context) : IScheduler
    {
        public void Schedule(IThreadPoolWorkItem work) => context.Post(static state => ((IThreadPoolWorkItem)state!).Execute(), work);
    }
}

using Parley.Media;
using Parley.Net;

namespace Parley.Tests.Negotiation;

public class BatchTests
{
    [Fact]
    public void Changes_AtOnceWithoutBatch_EventMayComeInBetween()
    {
        // What Batch is for.
        using var connection = new Pumped();
        connection.It.AddTransceiver(MediaKind.Audio);
        connection.Pump();
        connection.It.AddTransceiver(MediaKind.Video);
        connection.Pump();
        Assert.Equal([1], connection.TransceiversWhenNeeded);
    }

    [Fact]
    public void Batch_SeveralChanges_OneEventAfterAll()
    {
        using var connection = new Pumped();
        connection.It.Batch(() =>
        {
            connection.It.AddTransceiver(MediaKind.Audio);
            connection.Pump();
            connection.It.AddTransceiver(MediaKind.Video);
            connection.It.CreateDataChannel("d");
            connection.Pump();
            Assert.Empty(connection.TransceiversWhenNeeded);
        });
        connection.Pump();
        Assert.Equal([2], connection.TransceiversWhenNeeded);
    }

    [Fact]
    public void Batch_Nested_EventAfterTheOuter()
    {
        using var connection = new Pumped();
        connection.It.Batch(() =>
        {
            connection.It.Batch(() => connection.It.AddTransceiver(MediaKind.Audio));
            connection.Pump();
            Assert.Empty(connection.TransceiversWhenNeeded);
        });
        connection.Pump();
        Assert.Equal([1], connection.TransceiversWhenNeeded);
    }

    [Fact]
    public void Batch_Throws_EventsGoOn()
    {
        using var connection = new Pumped();
        Assert.Throws<InvalidOperationException>(() => connection.It.Batch(() =>
        {
            connection.It.AddTransceiver(MediaKind.Audio);
            throw new InvalidOperationException();
        }));
        connection.Pump();
        Assert.Equal([1], connection.TransceiversWhenNeeded);
    }

    /// <summary>A connection whose tasks run when the test says so.</summary>
    private sealed class Pumped : IScheduler, IDisposable
    {
        private readonly Queue<IThreadPoolWorkItem> _work = new();

        public Pumped()
        {
            It = new PeerConnection(
                new PeerConnectionConfiguration { Certificates = [TestCertificates.Alice] }, Platform.Default with { Scheduler = this });
            It.NegotiationNeeded += (_, _) => TransceiversWhenNeeded.Add(It.GetTransceivers().Count);
        }

        public PeerConnection It { get; }

        public List<int> TransceiversWhenNeeded { get; } = [];

        public void Schedule(IThreadPoolWorkItem work) => _work.Enqueue(work);

        public void Pump()
        {
            while (_work.TryDequeue(out var work))
            {
                work.Execute();
            }
        }

        public void Dispose() => It.Close();
    }
}

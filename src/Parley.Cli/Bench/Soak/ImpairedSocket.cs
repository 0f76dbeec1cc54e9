using System.Buffers;
using Parley.Net;

namespace Parley.Cli.Bench.Soak;

/// <summary>A socket whose datagrams wait in a queue, by the time they are due, before they leave through the real one.</summary>
internal sealed class ImpairedSocket : IDatagramSocket
{
    private const int MostWaiting = 8192;
    private readonly IDatagramSocket _socket;
    private readonly Impairment _impairment;
    private readonly TimeProvider _time;
    private readonly Random _random = new();
    private readonly Lock _gate = new();
    private readonly PriorityQueue<Waiting, (Instant Due, long Order)> _queue = new();
    private readonly DatagramBatch _leaving = new();
    private readonly ITimer _timer;
    private long _order;
    private bool _isArmed;
    private bool _isClosed;

    public ImpairedSocket(IDatagramSocket socket, Impairment impairment, TimeProvider time)
    {
        _socket = socket;
        _impairment = impairment;
        _time = time;
        _timer = time.CreateTimer(
            static state => ((ImpairedSocket)state!).Flush(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public TransportAddress LocalAddress => _socket.LocalAddress;

    public bool DontFragment => true;

    public int Receive(DatagramBatch batch) => _socket.Receive(batch);

    public void NotifyWhenReadable(IWakeable target) => _socket.NotifyWhenReadable(target);

    public int Send(DatagramBatch batch, int start = 0)
    {
        lock (_gate)
        {
            Instant due = Instant.Now(_time) + _impairment.Delay;
            for (int i = start; i < batch.Count && !_isClosed; i++)
            {
                if (batch.Length(i) > _impairment.LargestDatagram || _random.NextDouble() < _impairment.Loss)
                {
                    continue;
                }

                Enqueue(batch, i, _random.NextDouble() < _impairment.Reordering ? due + _impairment.ReorderingDelay : due);
                if (_random.NextDouble() < _impairment.Duplication)
                {
                    Enqueue(batch, i, due + (_impairment.ReorderingDelay * _random.NextDouble()));
                }
            }

            Arm();
        }

        return batch.Count - start;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            _timer.Dispose();
            while (_queue.TryDequeue(out Waiting waiting, out _))
            {
                ArrayPool<byte>.Shared.Return(waiting.Buffer);
            }
        }

        _socket.Dispose();
    }

    private void Enqueue(DatagramBatch batch, int index, Instant due)
    {
        // As a router's queue: what does not fit is lost.
        if (_queue.Count < MostWaiting)
        {
            Span<byte> datagram = batch.Datagram(index);
            byte[] buffer = ArrayPool<byte>.Shared.Rent(datagram.Length);
            datagram.CopyTo(buffer);
            _queue.Enqueue(new Waiting(buffer, datagram.Length, batch.Remote(index), batch.Ecn(index)), (due, _order++));
        }
    }

    private void Flush()
    {
        lock (_gate)
        {
            _isArmed = false;
            Instant now = Instant.Now(_time);
            while (!_isClosed && _queue.TryPeek(out Waiting waiting, out (Instant Due, long Order) place) && place.Due <= now)
            {
                if (!_leaving.TryAdd(waiting.Buffer.AsSpan(0, waiting.Length), waiting.Remote, waiting.Ecn))
                {
                    SendLeaving();
                    continue;
                }

                _queue.Dequeue();
                ArrayPool<byte>.Shared.Return(waiting.Buffer);
            }

            SendLeaving();
            Arm();
        }
    }

    // What a full socket does not take is lost, as on any path.
    private void SendLeaving()
    {
        if (_leaving.Count > 0)
        {
            _socket.Send(_leaving);
            _leaving.Clear();
        }
    }

    private void Arm()
    {
        if (_isClosed || _isArmed || !_queue.TryPeek(out _, out (Instant Due, long Order) place))
        {
            return;
        }

        _isArmed = true;
        TimeSpan left = place.Due - Instant.Now(_time);
        _timer.Change(TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(left.TotalMilliseconds))), Timeout.InfiniteTimeSpan);
    }

    private readonly record struct Waiting(byte[] Buffer, int Length, TransportAddress Remote, byte Ecn);
}

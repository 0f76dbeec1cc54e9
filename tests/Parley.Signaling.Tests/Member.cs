using System.Collections.Concurrent;

namespace Parley.Signaling.Tests;

/// <summary>A client with all that happened to it, and all that its one peer said to it.</summary>
internal sealed class Member : IAsyncDisposable
{
    private readonly ConcurrentQueue<SignalingEvent> _events = new();
    private readonly ConcurrentQueue<string> _heard = new();
    private readonly Task _reading;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Member(SignalingClient client)
    {
        Client = client;
        _reading = ReadAsync();
    }

    /// <summary>Fast enough for a test, and patient enough for a busy machine.</summary>
    public static SignalingClientOptions Quick => new()
    {
        HeartbeatInterval = TimeSpan.FromMilliseconds(100),
        ReconnectDelay = TimeSpan.FromMilliseconds(20),
        MaxReconnectDelay = TimeSpan.FromMilliseconds(200),
        ConnectTimeout = TimeSpan.FromSeconds(1),
    };

    public SignalingClient Client { get; }

    public IReadOnlyList<SignalingEvent> Events => [.. _events];

    /// <summary>What the peers said, as texts of candidates.</summary>
    public IReadOnlyList<string> Heard => [.. _heard];

    public RemotePeer Peer => Assert.Single(Client.Peers);

    public static async Task<Member> JoinAsync(Uri server, string room = "demo", SignalingClientOptions? options = null) =>
        new(await SignalingClient.JoinAsync(server, room, options ?? Quick));

    public ValueTask SayAsync(string text) => Peer.Channel.SendAsync(new IceCandidateInit(text, "0"));

    /// <summary>Waits for an event of a kind, of which there were so many.</summary>
    public Task ExpectAsync<T>(int count = 1) => UntilAsync(() => Events.OfType<T>().Count() >= count, $"{count} {typeof(T).Name}");

    /// <summary>Waits until exactly these texts were heard, in this order.</summary>
    public async Task ExpectHeardAsync(params IEnumerable<string> texts)
    {
        string[] expected = [.. texts];
        await UntilAsync(() => _heard.Count >= expected.Length, $"{expected.Length} texts");
        Assert.Equal(expected, Heard);
    }

    public async Task UntilAsync(Func<bool> condition, string what)
    {
        TimeSpan limit = Patience.Limit;
        long began = System.Diagnostics.Stopwatch.GetTimestamp();
        while (true)
        {
            Task changed = Volatile.Read(ref _changed).Task;
            if (condition())
            {
                return;
            }

            TimeSpan left = limit - System.Diagnostics.Stopwatch.GetElapsedTime(began);
            Assert.True(left > TimeSpan.Zero, $"Never: {what}. Events: {string.Join(", ", Events)}. Heard: {string.Join(' ', Heard)}");
            await Task.WhenAny(changed, Task.Delay(TimeSpan.FromMilliseconds(200)));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await _reading;
    }

    private async Task ReadAsync()
    {
        try
        {
            await foreach (SignalingEvent happened in Client.ReadEventsAsync())
            {
                _events.Enqueue(happened);
                if (happened is PeerJoined { Peer: var peer })
                {
                    _ = HearAsync(peer);
                }

                Tell();
            }
        }
        catch (SignalingException)
        {
            Tell();
        }
    }

    private async Task HearAsync(RemotePeer peer)
    {
        try
        {
            while (await peer.Channel.ReceiveAsync() is { } message)
            {
                _heard.Enqueue(message.Candidate?.Candidate ?? "end");
                Tell();
            }
        }
        catch (SignalingException)
        {
            // The client gave up.
        }
    }

    private void Tell() =>
        Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}

namespace Parley.Tests;

/// <summary>A synchronization context as of a user interface: what is posted runs, in order, when the test says so.</summary>
internal sealed class QueuedContext : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _posts = new();

    /// <summary>Posts that wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_posts)
            {
                return _posts.Count;
            }
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_posts)
        {
            _posts.Enqueue((d, state));
        }
    }

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs code on the context, now.</summary>
    public void Run(Action action)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            action();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <summary>Runs the first post; false when there is none.</summary>
    public bool RunOne()
    {
        (SendOrPostCallback Callback, object? State) post;
        lock (_posts)
        {
            if (!_posts.TryDequeue(out post))
            {
                return false;
            }
        }

        Run(() => post.Callback(post.State));
        return true;
    }

    /// <summary>Runs posts until none is left.</summary>
    public void RunAll()
    {
        while (RunOne())
        {
        }
    }
}

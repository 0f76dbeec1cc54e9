namespace Parley.Cli.Calls;

/// <summary>
/// What the person does during a call: single keys at a terminal, or, from a pipe or a file, lines that begin with the same letters
/// (<c>h</c>, <c>r</c>, <c>m</c>, <c>t TEXT</c>, <c>s</c>, <c>q</c>).
/// </summary>
internal sealed class CallKeys(MeshCall call, Action quit)
{
    private const int MaxText = 1000;

    private readonly SynchronizationContext _pump = SynchronizationContext.Current!;

    /// <summary>The text being typed; null while keys are commands.</summary>
    public string? Typing { get; private set; }

    /// <summary>Tells how the streams are doing; null where a table shows it all the time.</summary>
    public Action? Figures { get; init; }

    /// <summary>Something changed that is shown.</summary>
    public event Action? Changed;

    /// <summary>Begins to read; the reading thread ends with the process.</summary>
    public void Start(bool terminal)
    {
        var thread = new Thread(terminal ? ReadKeys : ReadLines) { IsBackground = true, Name = "keys" };
        thread.Start();
    }

    private void ReadKeys()
    {
        try
        {
            while (true)
            {
                ConsoleKeyInfo key = Console.ReadKey(intercept: true);
                _pump.Post(_ => Take(key), null);
            }
        }
        catch (InvalidOperationException)
        {
            // The terminal is gone.
        }
    }

    private void ReadLines()
    {
        while (Console.In.ReadLine() is { } line)
        {
            _pump.Post(_ => Take(line), null);
        }
    }

    private void Take(ConsoleKeyInfo key)
    {
        if (Typing is not { } text)
        {
            if (key.KeyChar is 't' or 'T')
            {
                Typing = "";
            }
            else
            {
                Do(key.KeyChar, "");
            }
        }
        else if (key.Key == ConsoleKey.Enter)
        {
            Typing = null;
            Do('t', text);
        }
        else if (key.Key == ConsoleKey.Escape)
        {
            Typing = null;
        }
        else if (key.Key == ConsoleKey.Backspace)
        {
            Typing = text.Length > 0 ? text[..^1] : text;
        }
        else if (!char.IsControl(key.KeyChar) && text.Length < MaxText)
        {
            Typing = text + key.KeyChar;
        }

        Changed?.Invoke();
    }

    private void Take(string line)
    {
        if (line.Length == 1 || line.StartsWith("t ", StringComparison.Ordinal))
        {
            Do(line[0], line.Length > 2 ? line[2..] : "");
        }
    }

    private void Do(char key, string text)
    {
        switch (char.ToLowerInvariant(key))
        {
            case 'h':
                call.Hold(true);
                break;
            case 'r':
                call.Hold(false);
                break;
            case 'm':
                call.Mute(!call.IsMuted);
                break;
            case 't' when text.Length > 0:
                call.Say(text);
                break;
            case 's':
                Figures?.Invoke();
                break;
            case 'q':
                quit();
                break;
        }
    }
}

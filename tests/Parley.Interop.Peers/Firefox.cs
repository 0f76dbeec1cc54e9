using System.Collections.Concurrent;
using WebDriverBiDi;
using WebDriverBiDi.BrowsingContext;
using WebDriverBiDi.Log;
using WebDriverBiDi.Script;
using WebDriverBiDi.Session;

namespace Parley.Interop.Peers;

/// <summary>Debian's Firefox, in a process and a profile of its own, with one tab, driven by WebDriver BiDi.</summary>
public sealed class Firefox : IAsyncDisposable
{
    private const string Program = "/usr/bin/firefox-esr";
    private const string Listening = "WebDriver BiDi listening on ";

    private readonly FirefoxProfile _profile = new();
    private readonly BiDiDriver _driver = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly ConcurrentDictionary<string, Action<string>> _bindings = new();
    private readonly ForeignProcess _process;
    private string _tab = "";

    private Firefox()
    {
        if (!File.Exists(Program))
        {
            _profile.Dispose();
            throw new FileNotFoundException("Firefox is not installed; ./test installs it.", Program);
        }

        _process = ForeignProcess.Start(
            Program,
            ["--headless", "--no-remote", "--profile", _profile.Folder, "--remote-debugging-port", "0", "about:blank"],
            environment: new Dictionary<string, string> { ["HOME"] = _profile.Folder, ["MOZ_CRASHREPORTER_DISABLE"] = "1" });
    }

    /// <summary>What the browser calls itself, such as <c>153.0</c>.</summary>
    public string Version { get; private set; } = "";

    /// <summary>Uncaught errors, and errors and warnings of the console: all that a test expects to stay empty.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    /// <summary>What the process printed.</summary>
    public string Output => _process.Output;

    /// <summary>Starts it.</summary>
    public static async Task<Firefox> StartAsync()
    {
        var firefox = new Firefox();
        try
        {
            await firefox.ConnectAsync();
            return firefox;
        }
        catch
        {
            await firefox.DisposeAsync();
            throw;
        }
    }

    /// <summary>Loads a page.</summary>
    public Task GotoAsync(Uri address) => _driver.BrowsingContext.NavigateAsync(
        new NavigateCommandParameters(_tab, address.AbsoluteUri) { Wait = ReadinessState.Complete }, Until.Limit);

    /// <summary>Gives the page a function of one text, by which it tells the test something.</summary>
    /// <param name="name">The function's name in the page.</param>
    /// <param name="told">Called with the text, on a thread of the driver, in order.</param>
    public async Task BindAsync(string name, Action<string> told)
    {
        _bindings[name] = told;
        var binding = new CallFunctionCommandParameters($"(tell) => {{ globalThis.{name} = tell; }}", new ContextTarget(_tab), false);
        binding.Arguments.Add(new ChannelValue(new ChannelProperties(name)));
        await CallAsync(binding, Until.Limit);
    }

    /// <summary>Calls a function in the page with texts, as a person's gesture would, and waits for what it promises.</summary>
    /// <returns>The text that it comes to; null when it is none.</returns>
    public Task<string?> CallAsync(string function, params string[] arguments) => CallAsync(function, Until.Limit, arguments);

    /// <summary>The same for a function that itself waits: it gets a limit of its own.</summary>
    public Task<string?> CallAsync(string function, TimeSpan limit, params string[] arguments)
    {
        var call = new CallFunctionCommandParameters(function, new ContextTarget(_tab), true) { UserActivation = true };
        foreach (string each in arguments)
        {
            call.Arguments.Add(LocalValue.String(each));
        }

        return CallAsync(call, limit);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        await _driver.DisposeAsync();
        _profile.Dispose();
    }

    private async Task ConnectAsync()
    {
        string line = await _process.WaitForLineAsync(Listening, Until.Limit);
        _driver.Script.OnMessage.AddObserver(message =>
        {
            if (_bindings.TryGetValue(message.ChannelId, out Action<string>? told))
            {
                told(message.Data.As<StringRemoteValue>().Value);
            }
        });
        _driver.Log.OnEntryAdded.AddObserver(entry =>
        {
            if (entry.Level is LogLevel.Error or LogLevel.Warn)
            {
                _errors.Enqueue(entry.Text ?? "");
            }
        });
        await _driver.StartAsync($"{line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Trim()}/session")
            .WaitAsync(Until.Limit);
        Version = (await _driver.Session.NewSessionAsync(new NewCommandParameters(), Until.Limit)).Capabilities.BrowserVersion;
        await _driver.Session.SubscribeAsync(
            new SubscribeCommandParameters([_driver.Script.OnMessage.EventName, _driver.Log.OnEntryAdded.EventName]), Until.Limit);
        _tab = (await _driver.BrowsingContext.GetTreeAsync(new GetTreeCommandParameters(), Until.Limit)).ContextTree[0].BrowsingContextId;
    }

    private async Task<string?> CallAsync(CallFunctionCommandParameters call, TimeSpan limit) =>
        await _driver.Script.CallFunctionAsync(call, limit) switch
        {
            EvaluateResultSuccess success => success.Result is StringRemoteValue text ? text.Value : null,
            EvaluateResultException failure => throw new InvalidOperationException($"Firefox: {failure.ExceptionDetails.Text}"),
            var other => throw new InvalidOperationException($"Firefox answered {other.ResultType}."),
        };
}
